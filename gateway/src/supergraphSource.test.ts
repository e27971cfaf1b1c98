import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createLog } from '@delta/service/log';
import { supergraphId, type LoadedSupergraph } from './loadSupergraph.js';
import { openSupergraphSource } from './supergraphSource.js';

let folder: string;
beforeEach(async () => { folder = await mkdtemp(join(tmpdir(), 'source-')); });
afterEach(() => rm(folder, { recursive: true }));

const outcomes: string[] = [];
const open = (file = join(folder, 'file'), cacheFile = join(folder, 'deep', 'kept')) => openSupergraphSource({
  file, cacheFile, log: createLog('test', { level: 'silent' }), onLoaded: (outcome) => outcomes.push(outcome),
  load: async (sdl) => {
    if (!sdl.startsWith('good')) throw new Error('bad');
    return { id: supergraphId(sdl), sdl } as LoadedSupergraph;
  },
});

test('starts with the last good supergraph when the file is bad or gone', async () => {
  await writeFile(join(folder, 'file'), 'good 1');
  (await open()).stop();
  expect(await readFile(join(folder, 'deep', 'kept'), 'utf8')).toBe('good 1');
  await writeFile(join(folder, 'file'), 'bad');
  expect((await open()).first.sdl).toBe('good 1');
  await rm(join(folder, 'file'));
  expect((await open()).first.sdl).toBe('good 1');
});

test('refuses to start when neither loads, and names both files', async () => {
  await writeFile(join(folder, 'file'), 'bad');
  await expect(open()).rejects.toMatchObject({ code: 'SUPERGRAPH_INVALID', message: expect.stringContaining(join(folder, 'file')) as unknown });
});

test('starts although the good one cannot be kept', async () => {
  await writeFile(join(folder, 'file'), 'good 1');
  expect((await open(join(folder, 'file'), join(folder, 'file', 'kept'))).first.sdl).toBe('good 1');
});
