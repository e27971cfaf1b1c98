import { createHash } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { fingerprintOfRoots } from '@delta/pass';
import { encodeTrustList } from '@delta/pass/trust/trustPayload';
import { createLog } from '@delta/service/log';
import { createZone } from '@delta/zone/createZone';
import { readSettings } from '@delta/zone/settings';
import { createTestDatabase, type TestDatabase } from '../../../tests/support/database.js';
import { readCeremonyOptions } from './ceremonyOptions.js';
import { holdCeremony } from './holdCeremony.js';
import { keyFiles, type KeyFiles } from './home.js';
import { publicPassKeys } from './passKeyFile.js';
import { loadRoots } from './passRoot.js';
import { provision } from './provision.js';
import { renewTrustList } from './renewTrustList.js';
import { proposalText, readProposal } from './trustProposal.js';
import { listInForce } from './zoneTrustList.js';

const day = 86_400;
let database: TestDatabase;
let home: string;
let carried: string;
let files: KeyFiles;
let zone: { readonly url: string; close(): Promise<void> };
let said: string[] = [];
/** The zone's clock and the ceremony's. */
let now = Math.floor(Date.now() / 1000);

beforeAll(async () => {
  database = await createTestDatabase();
  home = await mkdtemp(join(tmpdir(), 'delta-ceremony-'));
  carried = join(home, 'carried');
  await mkdir(carried);
  files = await provision(home, { peers: [{ name: 'zone', url: 'http://zone:4010' }, { name: 'anhui', url: 'http://anhui:4034' }] });
  const settings = readSettings({ PORT: '0', DELTA_HOME: home, DATABASE_URL: database.url, DATABASE_OWNER_URL: database.ownerUrl, DELTA_SIGNING_KEY_FILE: files.signing('zone'), DELTA_TRUST_FILE: files.trust, DELTA_PASS_ROOTS_FILE: files.passRoots });
  zone = await createZone({ settings, log: createLog('zone', { level: 'fatal' }), now: () => new Date(now * 1000) });
});
afterAll(async () => {
  await zone.close();
  await database.drop();
  await rm(home, { recursive: true, force: true });
});
beforeEach(() => { said = []; });

const carry = (name: string): string => join(carried, name);
const ceremony = (...words: string[]): Promise<void> => holdCeremony(readCeremonyOptions(['show', 'propose', 'publish'].includes(words[0]!) ? [...words, '--zone', zone.url] : words), { home, env: {}, say: (line) => { said.push(line); } }, now);
const inForce = async () => listInForce({ url: zone.url }, await loadRoots(files.passRoots));
const sign = (...slugs: string[]): Promise<string[]> => Promise.all(slugs.map(async (slug) => {
  await ceremony('sign', '--proposal', carry('proposal.json'), '--province', slug, '--out', carry(`${slug}.json`));
  return carry(`${slug}.json`);
}));
const publish = (signatures: readonly string[]): Promise<void> => ceremony('publish', '--proposal', carry('proposal.json'), ...signatures.flatMap((file) => ['--signature', file]));
const propose = (...words: string[]): Promise<void> => ceremony('propose', '--out', carry('proposal.json'), ...words);

test('before the first list there is nothing to show', async () => {
  await expect(ceremony('show')).rejects.toThrow('No trust list was published yet.');
});

test('one root is not enough, neither alone nor twice, and what it signed is not in force', async () => {
  await propose();
  const [jiangsu] = await sign('jiangsu');
  await expect(publish([jiangsu!])).rejects.toThrow('TRUST_LIST_SIGNATURES');
  await expect(publish([jiangsu!, jiangsu!])).rejects.toThrow('TRUST_LIST_SIGNATURES');
  expect(await inForce()).toBeUndefined();
});

test('two roots that sign apart put a list into force that names all keys and addresses', async () => {
  await propose();
  await publish(await sign('jiangsu', 'anhui'));
  const list = (await inForce())!;
  expect([list.sequence, list.expires]).toEqual([1, now + 7 * day]);
  const anhui = await publicPassKeys(files.passKeys('anhui'), '34');
  for (const { kid, use } of anhui) expect(list.find(kid)).toMatchObject({ issuer: '34', use });
  expect(list.keys.filter(({ use }) => use === 'exchange').map(({ issuer }) => issuer).sort()).toEqual(['31', '32', '33', '34', 'zone']);
  expect(list.peers).toEqual([{ owner: 'zone', address: 'http://zone:4010' }, { owner: '34', address: 'http://anhui:4034' }]);
  await ceremony('show');
  expect(said[0]).toContain('Trust list 1, ');
  expect(said.join('\n')).toContain(anhui[0]!.kid);
});

test('what the roots are shown has the digest that is signed; a proposal that was changed on its way is signed by none', async () => {
  await propose();
  const { digest } = JSON.parse(await readFile(carry('proposal.json'), 'utf8')) as { digest: string };
  said = [];
  await sign('anhui');
  expect(said.join('\n').replaceAll(' ', '')).toContain(digest);
  await writeFile(carry('proposal.json'), (await readFile(carry('proposal.json'), 'utf8')).replace('http://anhui:4034', 'http://thief:4034'));
  await expect(sign('anhui')).rejects.toThrow('not as it was written');
});

test('a key that was put in the place of another under its kid is proposed by none, and signed by no root', async () => {
  const announced = carry('anhui-keys.json');
  await ceremony('keys', '--province', 'anhui', '--out', announced);
  const [theirs, thief] = [(await publicPassKeys(files.passKeys('anhui'), '34'))[0]!, (await publicPassKeys(files.passKeys('shanghai'), '31'))[0]!];
  const [before, after] = [theirs, thief].map(({ publicKey }) => Buffer.from(publicKey).toString('hex')) as [string, string];
  await writeFile(announced, (await readFile(announced, 'utf8')).replace(before, after));
  await expect(propose('--keys', announced)).rejects.toThrow(`${theirs.kid} is announced with another's public key.`);
  await propose();
  const { content } = readProposal(await readFile(carry('proposal.json'), 'utf8'));
  const keys = content.keys.map((key) => (key.kid === theirs.kid ? { ...key, publicKey: thief.publicKey } : key));
  await writeFile(carry('proposal.json'), proposalText({ content: { ...content, keys }, digest: createHash('sha256').update(encodeTrustList({ ...content, keys })).digest('hex') }));
  await expect(sign('anhui')).rejects.toThrow('MALFORMED');
});

test('signatures of another proposal, and of roots that nobody pinned, are refused', async () => {
  await propose();
  const signed = await sign('shanghai', 'anhui');
  await propose('--compromise', '0011223344556677');
  await expect(publish(signed)).rejects.toThrow('over another proposal');
  const strange = carry('strange.pem');
  await ceremony('root', '--province', 'zhejiang', '--root', strange);
  await ceremony('sign', '--proposal', carry('proposal.json'), '--province', 'zhejiang', '--root', strange, '--out', carry('strange.json'));
  await expect(publish([carry('strange.json'), ...(await sign('anhui'))])).rejects.toThrow('TRUST_LIST_SIGNATURES');
});

test('a stolen key comes on the emergency list, stays there, and has a successor in the same list', async () => {
  const [stolen] = await publicPassKeys(files.passKeys('zhejiang'), '33');
  await ceremony('keys', '--province', 'zhejiang', '--compromise', stolen!.kid);
  await propose('--compromise', stolen!.kid);
  await publish(await sign('zhejiang', 'shanghai'));
  await propose();
  await publish(await sign('zhejiang', 'shanghai'));
  const list = (await inForce())!;
  expect(list.isCompromised(stolen!.kid)).toBe(true);
  expect(list.keys.filter(({ issuer, use, from }) => issuer === '33' && use === 'pass' && from <= now).map(({ kid }) => list.isCompromised(kid)).sort()).toEqual([false, true]);
});

test('a list that another ceremony overtook is refused by the zone, by its code', async () => {
  await propose();
  await rename(carry('proposal.json'), carry('late.json'));
  const late = await Promise.all(['shanghai', 'jiangsu'].map(async (slug) => {
    await ceremony('sign', '--proposal', carry('late.json'), '--province', slug, '--out', carry(`late-${slug}.json`));
    return ['--signature', carry(`late-${slug}.json`)];
  }));
  await propose('--compromise', '8899aabbccddeeff');
  await publish(await sign('zhejiang', 'anhui'));
  await expect(ceremony('publish', '--proposal', carry('late.json'), ...late.flat())).rejects.toThrow('TRUST_LIST_ROLLED_BACK');
  expect((await inForce())!.isCompromised('8899aabbccddeeff')).toBe(true);
});

test('where the zone has lost lists, the next is numbered after those that others have seen', async () => {
  const { sequence } = (await inForce())!;
  await propose('--after', String(sequence + 10));
  await publish(await sign('zhejiang', 'anhui'));
  await propose('--after', '1');
  await publish(await sign('zhejiang', 'anhui'));
  expect((await inForce())!.sequence).toBe(sequence + 12);
});

test('a province announces its keys from a machine of its own, and keys that end within 30 days get a next one', async () => {
  const before = now;
  now += 380 * day;
  await propose();
  await publish(await sign('zhejiang', 'anhui'));
  said = [];
  await ceremony('show');
  expect(said.filter((line) => line.startsWith('  !'))).not.toEqual([]);
  for (const slug of ['shanghai', 'jiangsu', 'zhejiang', 'anhui']) await ceremony('keys', '--province', slug, '--out', carry(`${slug}-keys.json`));
  expect(await readFile(carry('anhui-keys.json'), 'utf8')).not.toContain('PRIVATE');
  await propose(...['shanghai', 'jiangsu', 'zhejiang', 'anhui'].flatMap((slug) => ['--keys', carry(`${slug}-keys.json`)]));
  await publish(await sign('zhejiang', 'anhui'));
  said = [];
  await ceremony('show');
  expect(said.filter((line) => line.startsWith('  !'))).toEqual([]);
  now = before;
});

test('a root\'s key can be read by its owner alone, and four public parts make the file that all pin', async () => {
  const parts = await Promise.all(['shanghai', 'jiangsu', 'zhejiang', 'anhui'].map(async (slug) => {
    await ceremony('root', '--province', slug, '--out', carry(`${slug}.root.json`));
    expect((await stat(files.passRoot(slug))).mode & 0o777).toBe(0o600);
    return carry(`${slug}.root.json`);
  }));
  await ceremony('roots', ...parts, '--out', carry('roots.json'));
  expect(await readFile(carry('roots.json'), 'utf8')).toBe(await readFile(files.passRoots, 'utf8'));
  expect(said.at(-1)).toContain(await fingerprintOfRoots(await loadRoots(files.passRoots)));
});

test('roots that were brought stay as they are, and none are made beside them', async () => {
  const elsewhere = join(home, 'elsewhere');
  const brought = keyFiles(elsewhere);
  await mkdir(brought.directory, { recursive: true });
  await copyFile(files.passRoots, brought.passRoots);
  await provision(elsewhere);
  expect(await readFile(brought.passRoots, 'utf8')).toBe(await readFile(files.passRoots, 'utf8'));
  for (const slug of ['shanghai', 'jiangsu', 'zhejiang', 'anhui']) await expect(stat(brought.passRoot(slug))).rejects.toThrow('ENOENT');
});

test('in a demonstration it is held by itself: when something is other, and four days before the list ends', async () => {
  const first = await renewTrustList(home, { url: zone.url }, now + 380 * day);
  expect(await renewTrustList(home, { url: zone.url }, now + 380 * day)).toBeUndefined();
  await provision(home, { peers: [{ name: 'zone', url: 'http://zone:5010' }] });
  now += 380 * day;
  const second = await renewTrustList(home, { url: zone.url }, now);
  expect(second).toBeGreaterThan(first ?? 0);
  expect(await renewTrustList(home, { url: zone.url }, now)).toBeUndefined();
  now += 4 * day;
  expect(await renewTrustList(home, { url: zone.url }, now)).toBe(second! + 1);
});
