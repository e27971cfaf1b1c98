import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { renewTrustList } from '@delta/local/renewTrustList';
import { keyFiles } from '@delta/local/home';
import { publicPassKeys } from '@delta/local/passKeyFile';
import { startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone({ members: 10 }); });
afterAll(async () => { await zone?.close(); });

const accepted = async (slug: string): Promise<number | undefined> => (await zone.rows<{ number: string }>(slug, `select number from pass_list where kind = 'TRUST'`)).map(({ number }) => Number(number))[0];

test('a list that two roots signed is in use in all provinces within seconds, and says whose keys sign passes', async () => {
  const sequence = await renewTrustList(zone.home, { url: zone.urls['zone']! }, Math.floor(Date.now() / 1000));
  expect(sequence).toBe(1);
  const slugs = ['shanghai', 'jiangsu', 'zhejiang', 'anhui'];
  for (const slug of slugs) {
    for (const end = Date.now() + 20_000; (await accepted(slug)) !== sequence && Date.now() < end;) await new Promise((resolve) => { setTimeout(resolve, 100); });
    expect([slug, await accepted(slug)]).toEqual([slug, sequence]);
  }
  const [key] = await publicPassKeys(keyFiles(zone.home).passKeys('anhui'), '34');
  const said = await (await fetch(new URL('/metrics', zone.urls['shanghai']))).text();
  expect(said).toContain('delta_pass_list_age_seconds{list="TRUST",kid=""}');
  expect(said).toContain(`kid="${key!.kid}"`);
});

test('each province then has the status list of every province\'s key, as its owner published it, its own among them', async () => {
  const kids = (await Promise.all([['shanghai', '31'], ['jiangsu', '32'], ['zhejiang', '33'], ['anhui', '34']].map(([slug, code]) => publicPassKeys(keyFiles(zone.home).passKeys(slug!), code!))))
    .flat().filter(({ use }) => use === 'pass').map(({ kid }) => kid).sort();
  const held = async (slug: string): Promise<string[]> => (await zone.rows<{ kid: string }>(slug, `select kid from pass_list where kind = 'STATUS' order by kid`)).map(({ kid }) => kid);
  for (const slug of ['shanghai', 'anhui']) {
    for (const end = Date.now() + 20_000; (await held(slug)).length < kids.length && Date.now() < end;) await new Promise((resolve) => { setTimeout(resolve, 100); });
    expect(await held(slug)).toEqual(kids);
  }
});

test('the list names no person', async () => {
  const held = JSON.stringify(await zone.rows('zone', `select encode(signed, 'hex') from trust_list`));
  for (const name of [...Object.values(zone.anchors('shanghai').people), ...Object.values(zone.anchors('anhui').people)].map((person) => person.name)) expect(held).not.toContain(Buffer.from(name).toString('hex'));
});
