import { chmod, cp, lstat, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { linkLibraries } from './linkLibraries.js';
import { locateBinaries } from './locateBinaries.js';
import { outsidePlace } from './outsidePlace.js';
import { readyBinaries } from './readyBinaries.js';
import { runProgram } from './runProgram.js';
import { chooseServerUser } from './serverUser.js';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'delta-binaries-'));
  await chmod(root, 0o755);
});
afterEach(() => rm(root, { recursive: true, force: true }));

const rootOnly = process.getuid?.() === 0 ? test : test.skip;
const oneLink = (native: string): string => join(native, 'lib', 'libpq.so.5');
const linuxOnly = process.platform === 'linux' ? test : test.skip;

/** The package as npm leaves it when install scripts are off: without links. */
const unlinkedPackage = async (folder: string): Promise<{ native: string; version: string }> => {
  const { native, version } = await locateBinaries();
  const copy = join(folder, 'native');
  await cp(native, copy, { recursive: true, filter: async (path) => !(await lstat(path)).isSymbolicLink() });
  return { native: copy, version };
};

describe('the embedded PostgreSQL programs', () => {
  test('are said to be missing on a platform without them, with what to do', async () => {
    await expect(locateBinaries('plan9-mips')).rejects.toMatchObject({ code: 'POSTGRES_BINARIES_MISSING', extensions: { remedy: expect.stringMatching(/npm ci/) } });
  });

  linuxOnly('get their library links, also from several processes at once', async () => {
    const found = await unlinkedPackage(root);
    expect((await runProgram(join(found.native, 'bin', 'initdb'), ['--version'])).ok).toBe(false);
    expect(await Promise.all([1, 2, 3].map(() => linkLibraries(found.native)))).toEqual([true, true, true]);
    expect((await lstat(oneLink(found.native))).isSymbolicLink()).toBe(true);
    expect((await runProgram(join(found.native, 'bin', 'initdb'), ['--version'])).ok).toBe(true);
  });

  rootOnly('are copied outside once when their folder is closed to the account that must run them', async () => {
    const closed = join(root, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const found = await unlinkedPackage(closed);
    const user = await chooseServerUser('/nowhere');
    const outside = [join(root, 'outside')];
    expect((await runProgram(join(found.native, 'bin', 'postgres'), ['--version'], user)).ok).toBe(false);
    const copies = await Promise.all([1, 2].map(() => readyBinaries(found, user, outside)));
    expect(copies[0]).toEqual(copies[1]);
    expect(copies[0]?.postgres).toBe(join(root, 'outside', found.version, 'native', 'bin', 'postgres'));
    const made = (await stat(copies[0]?.postgres ?? '')).ino;
    expect((await stat((await readyBinaries(found, user, outside)).postgres)).ino).toBe(made);
  });

  rootOnly('are not taken from a folder that somebody else made', async () => {
    const user = await chooseServerUser('/nowhere');
    const [foreign, own] = [join(root, 'foreign'), join(root, 'own')];
    await mkdir(foreign);
    const { uid, gid } = user ?? { uid: 0, gid: 0 };
    await runProgram('chown', [`${uid}:${gid}`, foreign]);
    expect(await outsidePlace(user, [foreign, own])).toBe(own);
  });
});
