import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { deriveKey, derivedKeys, formatKeyRing, openMasterKeys, parseKeyRing } from './masterKeys.js';

const base64 = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const ring = { current: 'v2', keys: { v1: base64(1), v2: base64(2) } };

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'delta-keys-'));
  file = join(folder, 'master.key');
});
afterEach(() => rm(folder, { recursive: true }));

/** As an operator's tools do it: in one step. */
const replace = async (text: string): Promise<void> => {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
};
const code = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

test('a file of one bare key holds version v1', () => {
  expect(parseKeyRing(`${base64(1)}\n`)).toEqual({ current: 'v1', keys: { v1: base64(1) } });
});

test('a file of several keys names the current one, and is read as it was written', () => {
  expect(parseKeyRing(formatKeyRing(ring))).toEqual(ring);
});

test.each([
  ['nothing', ''], ['a short key', Buffer.alloc(16).toString('base64')], ['half a file', '{ "current": "v1"'], ['no keys', '{ "current": "v1" }'],
  ['a current key that is missing', JSON.stringify({ ...ring, current: 'v3' })], ['a current key by the name of what every object has', JSON.stringify({ ...ring, current: 'constructor' })],
  ['one short key among others', JSON.stringify({ ...ring, keys: { ...ring.keys, v3: 'AAAA' } })], ['a number for a key', JSON.stringify({ ...ring, keys: { ...ring.keys, v3: 3 } })],
  ['a version with a colon', JSON.stringify({ ...ring, keys: { ...ring.keys, 'v:3': base64(3) } })],
])('%s is refused, and none of it repeated', (_, text) => {
  expect(code(() => parseKeyRing(text))).toBe('CONFIGURATION_INVALID');
  expect(() => parseKeyRing(text)).not.toThrow(base64(1));
});

test('a version that is not in the file has a name of its own among the errors', async () => {
  await replace(base64(1));
  const keys = openMasterKeys(file);
  expect(keys.key('v1')).toEqual(Buffer.alloc(32, 1));
  expect(code(() => keys.key('v9'))).toBe('KEY_UNKNOWN');
});

test('a version that was added a moment ago is found at once, a change of the current one within a second', async () => {
  await replace(base64(1));
  const keys = openMasterKeys(file);
  await replace(formatKeyRing(ring));
  expect(keys.current).toBe('v1');
  expect(keys.key('v2')).toEqual(Buffer.alloc(32, 2));
  expect(keys.current).toBe('v2');
  await replace(formatKeyRing({ current: 'v1', keys: ring.keys }));
  expect(keys.current).toBe('v2');
  await sleep(1_050);
  expect(keys.current).toBe('v1');
  expect(keys.versions).toEqual(['v1', 'v2']);
});

test('a file that becomes unusable is told of once, and the keys of before stay in use', async () => {
  await replace(formatKeyRing(ring));
  const trouble: Error[] = [];
  const keys = openMasterKeys(file, (error) => trouble.push(error));
  await replace('{ "current":');
  for (let again = 0; again < 3; again += 1) expect(code(() => keys.key('v3'))).toBe('KEY_UNKNOWN');
  expect(keys.key('v1')).toEqual(Buffer.alloc(32, 1));
  expect(trouble).toHaveLength(1);
  await rm(file);
  for (let again = 0; again < 3; again += 1) expect(code(() => keys.key('v3'))).toBe('KEY_UNKNOWN');
  expect(trouble).toHaveLength(2);
  await replace(formatKeyRing({ current: 'v3', keys: { v3: base64(3) } }));
  expect(keys.key('v3')).toEqual(Buffer.alloc(32, 3));
  expect(code(() => keys.key('v1'))).toBe('KEY_UNKNOWN');
});

test('each use has a key of its own, always the same, and another by another digest', () => {
  const master = Buffer.alloc(32, 3);
  expect(deriveKey(master, 'cursors')).not.toEqual(deriveKey(master, 'data-keys'));
  expect(deriveKey(master, 'cursors')).toEqual(deriveKey(master, 'cursors'));
  expect(deriveKey(master, 'cursors', 'sm3')).not.toEqual(deriveKey(master, 'cursors'));
  expect(deriveKey(master, 'cursors')).toHaveLength(32);
});

test('a key that is replaced under its own version is derived from anew', async () => {
  let master = Buffer.alloc(32, 1);
  const derived = derivedKeys({ current: 'v1', versions: ['v1'], key: () => master }, 'cursors');
  const before = derived('v1');
  expect(derived('v1')).toBe(before);
  master = Buffer.alloc(32, 2);
  expect(derived('v1')).toEqual(deriveKey(master, 'cursors'));
});
