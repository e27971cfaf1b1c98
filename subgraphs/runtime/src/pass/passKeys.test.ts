import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { nodePlatform } from '@delta/pass';
import { loadPassKeys, requireKey } from './passKeys.js';

let folder: string;
beforeAll(async () => { folder = await mkdtemp(join(tmpdir(), 'delta-pass-keys-')); });
afterAll(() => rm(folder, { recursive: true, force: true }));

const pem = (namedCurve = 'P-256'): string => generateKeyPairSync('ec', { namedCurve, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey;
const entry = (use: string, from: number, until: number, key = pem()): object => ({ use, from, until, key });
const write = async (name: string, keys: unknown): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, JSON.stringify({ keys }));
  return path;
};

test('keys sign by name, and what is listed of them is public', async () => {
  const keys = await loadPassKeys(await write('sound.json', [entry('pass', 0, 100), entry('status', 0, 100)]));
  const list = await keys.list();
  expect(list.map(({ use }) => use)).toEqual(['pass', 'status']);
  expect(Object.keys(list[0]!).sort()).toEqual(['from', 'kid', 'publicKey', 'until', 'use']);
  const bytes = Buffer.from('what is signed');
  const { key, signer } = await requireKey(keys, 'pass', 50);
  expect(nodePlatform.verify(nodePlatform.importKey(key.publicKey)!, bytes, await signer.sign(bytes))).toBe(true);
  await expect(keys.sign('0'.repeat(16), bytes)).rejects.toMatchObject({ code: 'PASS_KEYS_MISSING' });
});

test('without a file, or past the end of the last key, nothing is signed', async () => {
  const keys = await loadPassKeys(await write('ended.json', [entry('pass', 0, 100)]));
  await expect(requireKey(undefined, 'pass', 50)).rejects.toMatchObject({ code: 'PASS_KEYS_MISSING' });
  await expect(requireKey(keys, 'pass', 100)).rejects.toMatchObject({ code: 'PASS_KEYS_MISSING' });
  await expect(requireKey(keys, 'status', 50)).rejects.toMatchObject({ code: 'PASS_KEYS_MISSING' });
});

test('a key that is added is in use from the next second on, and a file that became unusable changes nothing', async () => {
  const first = entry('pass', 0, 100);
  const path = await write('followed.json', [first]);
  const keys = await loadPassKeys(path);
  const before = (await requireKey(keys, 'pass', 50)).key.kid;
  await write('followed.json', [first, entry('pass', 40, 140)]);
  await delay(1_100);
  expect((await requireKey(keys, 'pass', 50)).key.kid).not.toBe(before);
  expect((await requireKey(keys, 'pass', 39)).key.kid).toBe(before);
  await writeFile(path, 'no JSON');
  await delay(1_100);
  expect(await keys.list()).toHaveLength(2);
});

const same = pem();
test.each([
  ['no list', 'x'], ['a use of nobody\'s', [entry('exchange', 0, 1)]], ['an end before its beginning', [entry('pass', 2, 1)]], ['milliseconds', [entry('pass', 0, 1_800_000_000_000)]],
  ['another curve', [entry('pass', 0, 1, pem('P-384'))]], ['no key', [entry('pass', 0, 1, 'x')]], ['one key for two uses', [entry('pass', 0, 1, same), entry('status', 0, 1, same)]], ['nothing of an entry', [null]],
])('a file with %s is refused, and nothing of it repeated', async (name, keys) => {
  const error = await loadPassKeys(await write('unsound.json', keys)).catch((refused: unknown) => refused);
  expect([name, error]).toEqual([name, expect.objectContaining({ code: 'CONFIGURATION_INVALID' })]);
  expect(String((error as Error).message)).not.toMatch(/BEGIN|MI[A-Za-z0-9+/]{20}/);
});
