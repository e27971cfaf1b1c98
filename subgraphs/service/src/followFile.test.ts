import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { followFile } from './followFile.js';
import { createLog } from './log.js';

const folder = mkdtempSync(join(tmpdir(), 'follow-'));
afterAll(() => { rmSync(folder, { recursive: true }); });
const path = join(folder, 'list.json');
let lines: string[] = [];
const log = createLog('test', { destination: { write: (line: string) => { lines.push(line); } } });
const read = (text: string): string => {
  if (text === 'bad') throw new Error('not usable');
  return text;
};
beforeEach(() => {
  writeFileSync(path, 'one');
  lines = [];
});

test('uses what a file holds after it was replaced or written over, and tells so once', async () => {
  const current = await followFile(path, { read, log, everyMs: 0 });
  expect(await current()).toBe('one');
  writeFileSync(path, 'two');
  expect(await current()).toBe('two');
  writeFileSync(`${path}.new`, 'six');
  renameSync(`${path}.new`, path);
  expect(await Promise.all([current(), current()])).toEqual(['six', 'six']);
  expect(lines).toHaveLength(2);
});

test('keeps what was good while the file is bad or gone, says so once a change, and goes on when it is mended', async () => {
  const current = await followFile(path, { read, log, everyMs: 0 });
  writeFileSync(path, 'bad');
  expect([await current(), await current()]).toEqual(['one', 'one']);
  expect(lines).toHaveLength(1);
  rmSync(path);
  expect([await current(), await current()]).toEqual(['one', 'one']);
  expect(lines).toHaveLength(2);
  writeFileSync(path, 'mended');
  expect(await current()).toBe('mended');
});

test('looks no more often than it was told', async () => {
  const current = await followFile(path, { read, log, everyMs: 60_000 });
  writeFileSync(path, 'two');
  expect(current()).toBe('one');
});

test('refuses to begin with a file that is missing or bad', async () => {
  await expect(followFile(join(folder, 'none'), { read })).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  writeFileSync(path, 'bad');
  await expect(followFile(path, { read })).rejects.toThrow('not usable');
});
