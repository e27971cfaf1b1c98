import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { resetHome } from './reset.js';

let root: string;
beforeEach(async () => { root = await mkdtemp(join(tmpdir(), 'delta-reset-')); });
afterEach(() => rm(root, { recursive: true }));

test('removes what a start keeps, and nothing that somebody else put there', async () => {
  await mkdir(join(root, 'keys'));
  await mkdir(join(root, 'anhui', 'pg', 'data'), { recursive: true });
  await writeFile(join(root, 'thesis.txt'), 'not ours');
  expect((await resetHome(root)).sort()).toEqual(['anhui', 'keys']);
  expect(await readdir(root)).toEqual(['thesis.txt']);
});

test('follows the link to a data folder that lies elsewhere, but removes only what is one', async () => {
  const [data, other] = [join(root, 'elsewhere'), join(root, 'other')];
  const home = join(root, 'home');
  for (const folder of [data, other, join(home, 'anhui', 'pg'), join(home, 'zone', 'pg')]) await mkdir(folder, { recursive: true });
  await writeFile(join(data, 'PG_VERSION'), '18');
  await symlink(data, join(home, 'anhui', 'pg', 'data'));
  await symlink(other, join(home, 'zone', 'pg', 'data'));
  await resetHome(home);
  expect((await readdir(root)).sort()).toEqual(['home', 'other']);
});

test('a home that was never used needs no reset', async () => {
  expect(await resetHome(join(root, 'nowhere'))).toEqual([]);
});
