import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { keyFiles } from '@delta/local/home';
import { keysOfMembers } from '@delta/local/keysOfMembers';
import { verifyChain } from '@delta/runtime/audit/index';
import { lookupDocument, startTestZone, type Answer, type LookupData, type MemberData, type TestZone } from '../support/zone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone({ members: 1_200 }); });
afterAll(async () => { await zone?.close(); });

/** Runs `npm run keys -- …` in this process, as the province's own service role; gives what it said. */
async function keys(...argv: string[]): Promise<string> {
  const said: string[] = [];
  const env = { DATABASE_URL: zone.databaseUrl('anhui'), DELTA_MASTER_KEY_FILE: keyFiles(zone.home).master('anhui') };
  const screen = { line: () => undefined, progress: () => undefined, endProgress: () => undefined };
  await keysOfMembers([...argv, '--province', 'anhui'], { home: zone.home, env, say: (line) => said.push(line) }, screen);
  return said.join('\n');
}
const ring = async (): Promise<{ current: string; keys: Record<string, string> }> => JSON.parse(await readFile(keyFiles(zone.home).master('anhui'), 'utf8')) as { current: string; keys: Record<string, string> };
const seals = (): Promise<unknown[]> => zone.rows('anhui', 'select crypto_suite as suite, key_version as version, count(*)::int as members from member where shredded_at is null group by 1, 2 order by 1, 2');

const lookUp = async (idNumber: string, token: string): Promise<Answer<LookupData>> =>
  zone.ask(lookupDocument, { input: { idNumber, purpose: 'CHECK_IN', clientKey: randomUUID() } }, token);
const own = (token: string): Promise<Answer<{ viewer: { member: MemberData | null } }>> => zone.ask('{ viewer { member { id idNumberMasked phoneMasked } } }', {}, token);

describe('rotating a province\'s master key', () => {
  it('goes on under load without one refusal, to another version and another suite', async () => {
    const person = zone.anchors('anhui').people[0];
    const [clerk, member] = [await zone.token(), await zone.token({ province: 'anhui', role: 'member' })];
    let asked = 0;
    const wrong: string[] = [];
    const stop = new AbortController();
    const load = Promise.all([1, 2, 3].map(async () => {
      while (!stop.signal.aborted) {
        const [found, self] = await Promise.all([lookUp(person.idNumber, clerk), own(member)]);
        asked += 2;
        const masked = [found.data.shanghai?.openLookup.lookup.member?.idNumberMasked, self.data.viewer?.member?.idNumberMasked];
        if (found.errors || self.errors || masked.some((text) => text !== `**************${person.idNumber.slice(-4)}`)) wrong.push(found.text, self.text);
      }
    }));
    await sleep(300);
    await keys('rotate');
    await keys('rotate', '--suite', 'sm');
    await keys('rotate');
    await keys('rotate', '--retire', 'v1');
    await keys('rotate', '--retire', 'v2');
    await sleep(1_500);
    stop.abort();
    await load;
    expect(wrong).toEqual([]);
    expect(asked).toBeGreaterThan(50);
    expect(await seals()).toEqual([{ suite: 'sm', version: 'v3', members: 1_200 }]);
    expect(Object.keys((await ring()).keys)).toEqual(['v3']);
  }, 180_000);

  it('keeps a version in the file for as long as one member needs it, and the one in use', async () => {
    await keys('rotate');
    await zone.rows('anhui', `update member set key_version = 'v3' where id = $1`, [zone.anchors('anhui').people[1].id]);
    await expect(keys('rotate', '--retire', 'v3')).rejects.toThrow('1 members are still sealed under v3');
    await expect(keys('rotate', '--retire', 'v4')).rejects.toThrow('v4 is in use');
    expect(Object.keys((await ring()).keys)).toEqual(['v3', 'v4']);
    await zone.rows('anhui', `update member set key_version = 'v4' where key_version = 'v3'`);
  });

  it('goes on where it was when it broke off half way, and makes no further key', async () => {
    await keys('rotate', '--until', 'added');
    expect(await ring()).toMatchObject({ current: 'v4' });
    expect(Object.keys((await ring()).keys)).toContain('v5');
    // As after a kill between the file and the rows: v5 is current, the rows lie under v4.
    await writeFile(keyFiles(zone.home).master('anhui'), JSON.stringify({ ...(await ring()), current: 'v5' }));
    expect(await keys('status')).toBe('anhui: 1200 members sealed by sm under v4');
    expect(await keys('rotate')).toContain('no new key, since members are left to be sealed by sm under v5: 1200 by sm under v4');
    expect(await keys('status')).toBe('anhui: 1200 members sealed by sm under v5');
    expect(Object.keys((await ring()).keys)).not.toContain('v6');
  });

  it('names a key that is missing, and answers again when it is back', async () => {
    const file = keyFiles(zone.home).master('anhui');
    const whole = await readFile(file, 'utf8');
    await writeFile(file, JSON.stringify({ current: 'v9', keys: { v9: Buffer.alloc(32, 9).toString('base64') } }));
    await sleep(1_100);
    const member = await zone.token({ province: 'anhui', role: 'member' });
    const refused = await own(member);
    expect(refused.errors?.map(({ extensions }) => extensions.code)).toEqual(['KEY_UNKNOWN', 'KEY_UNKNOWN']);
    expect(refused.data.viewer.member).toMatchObject({ idNumberMasked: null, phoneMasked: null });
    await writeFile(file, whole);
    await sleep(1_100);
    expect((await own(member)).errors).toBeUndefined();
  });
});

describe('shredding a member', () => {
  it('ends every answer about the person, here and through the directory, and leaves the audit', async () => {
    const person = zone.anchors('anhui').people[1];
    const [clerk, member] = [await zone.token(), await zone.token({ province: 'anhui', role: 'member', member: person.id })];
    expect((await lookUp(person.idNumber, clerk)).data.shanghai.openLookup.lookup.member?.id).toBe(person.id);
    expect((await own(member)).data.viewer.member?.id).toBe(person.id);
    const secretary = await zone.token({ province: 'anhui', role: 'branch_secretary' });
    const [before] = await zone.rows<{ blind_index: string }>('anhui', 'select blind_index from member where id = $1', [person.id]);
    const local = `mutation($input: OpenLookupInput!) { anhui { openLookup(input: $input) { lookup { id } } } }`;
    expect((await zone.ask(local, { input: { idNumber: person.idNumber, purpose: 'CHECK_IN', clientKey: randomUUID() } }, secretary)).errors).toBeUndefined();

    expect(await keys('shred', '--member', person.id, '--reason', 'REQUEST')).toContain('is shredded');

    expect((await own(member)).errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_DISCLOSED']);
    const gone = async (): Promise<Answer<LookupData>> => {
      for (;;) {
        const answer = await lookUp(person.idNumber, clerk);
        expect(answer.text).not.toContain(person.id);
        if (answer.data.shanghai.openLookup.lookup.member === null && !answer.errors) return answer;
        expect(answer.errors?.map(({ extensions }) => extensions.code)).toEqual(['NOT_DISCLOSED']);
        await sleep(500);
      }
    };
    await gone();
    expect(await zone.rows('zone', 'select blind_index, forgotten_at is not null as forgotten from directory_entry where member_id = $1', [person.id])).toEqual([{ blind_index: null, forgotten: true }]);

    const everywhere = await zone.rows<{ text: string }>('anhui', `select m::text as text from member m union all select l::text from lookup l union all select c::text from case_file c union all select u::text from lookup_usage u`);
    expect(everywhere.some(({ text }) => text.includes(before!.blind_index))).toBe(false);
    const audit = await zone.rows<{ kind: string; reason: string | null }>('anhui', 'select kind, reason from audit_entry where member_id = $1 order by at', [person.id]);
    expect(audit.filter(({ kind }) => kind === 'DISCLOSURE').length).toBeGreaterThan(0);
    expect(audit.filter(({ kind }) => kind === 'SHRED')).toEqual([{ kind: 'SHRED', reason: 'REQUEST' }]);
    expect(await keys('shred', '--member', person.id, '--reason', 'ERROR')).toContain('already');

    // The chain covers what was disclosed of the person and that it was shredded, and still follows from its first link.
    const sealed = (): Promise<unknown[]> => zone.rows('anhui', `select 1 from audit_seal s join audit_entry e on e.at = s.entry_at and e.id = s.entry_id where e.kind = 'SHRED'`);
    while ((await sealed()).length === 0) await sleep(200);
    const report = await verifyChain({ db: { query: (sql, parameters = []) => zone.rows('anhui', sql, [...parameters]) } });
    expect(report.problem).toBeNull();
    expect(report.sealed).toBeGreaterThan(0n);
  }, 90_000);

  it('refuses an id of nobody and a reason that is none', async () => {
    await expect(keys('shred', '--member', '01890000-0000-7000-8000-000000000001', '--reason', 'REQUEST')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(keys('shred', '--member', '01890000-0000-7000-8000-000000000001', '--reason', 'BOREDOM')).rejects.toThrow('--reason cannot be');
    await expect(keys('shred', '--member', '349999197511148373', '--reason', 'REQUEST')).rejects.toThrow('Which member?');
  });
});
