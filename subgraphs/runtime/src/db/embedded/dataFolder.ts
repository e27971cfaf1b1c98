import { randomUUID } from 'node:crypto';
import { access, chmod, chown, lstat, mkdir, mkdtemp, readdir, realpath, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { outsidePlace } from './outsidePlace.js';
import { runProgram } from './runProgram.js';
import type { Binaries } from './readyBinaries.js';
import { canEnter, type ServerUser } from './serverUser.js';

export const superuser = 'delta';

/** LC_CTYPE=C mishandles Chinese, so the character type is PostgreSQL's own C.UTF-8, which no operating system can lack. */
const initdbFlags = [
  '-A', 'scram-sha-256', '-U', superuser, '-E', 'UTF8', '--no-instructions',
  '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--lc-ctype=C.UTF-8',
];

const isThere = (path: string): Promise<boolean> => access(path).then(() => true, () => false);

/** Makes the folder and opens those it made, whatever the umask: the server's account must pass through them. */
export const makeOpenFolder = async (folder: string): Promise<void> => {
  const topmost = await mkdir(folder, { recursive: true });
  if (topmost === undefined || process.platform === 'win32') return;
  for (let current = folder; current.length >= topmost.length; current = dirname(current)) await chmod(current, 0o755);
};

const initialise = async (folder: string, place: string, password: string, { binaries, user, durable }: DataFolderSetup): Promise<void> => {
  const passwordFile = join(place, `initial.${randomUUID()}`);
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user) {
      await chown(passwordFile, user.uid, user.gid);
      await chown(folder, user.uid, user.gid);
    }
    const flags = [...initdbFlags, `--pwfile=${passwordFile}`, ...(durable ? [] : ['--no-sync'])];
    const { ok, output } = await runProgram(binaries.initdb, ['-D', folder, ...flags], user);
    if (!ok) throw new Error(`initdb failed: ${output.split('\n').at(-1) ?? ''}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
};

/** What a first start that was killed left behind; the age keeps us off a first start that is running now. */
const sweep = async (place: string): Promise<void> => {
  for (const name of await readdir(place)) {
    if (!/^(data\.new-|initial\.)/.test(name)) continue;
    const left = await stat(join(place, name)).catch(() => undefined);
    if (left && Date.now() - left.mtimeMs > 600_000) await rm(join(place, name), { recursive: true, force: true });
  }
};

export interface DataFolderSetup {
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly durable: boolean;
  readonly outside: readonly string[] | undefined;
  readonly log: (line: string) => void;
}

/**
 * The absolute, real path of an initialised data folder: `directory/data`.
 *
 * 1. initdb runs in a fresh folder, which is then renamed to `data`: a kill on the way leaves nothing half made,
 *    and of two first starts at once the second to finish discards its own and takes the first's.
 * 2. Where the server's account cannot pass through to `directory` (a home folder closed to others, while we are root),
 *    the folder lies outside the repository and `data` is a link to it.
 */
export const readyDataFolder = async (directory: string, password: string, setup: DataFolderSetup): Promise<string> => {
  const { user, log } = setup;
  const data = join(directory, 'data');
  if (await isThere(join(data, 'PG_VERSION'))) return realpath(data);
  const link = await lstat(data).catch(() => undefined);
  if (link?.isSymbolicLink()) {
    log(`the data folder that ${data} points to is gone; starting with an empty one`);
    await rm(data, { force: true });
  }
  const near = !user || (await canEnter(directory, user));
  const place = near ? directory : await outsidePlace(user, setup.outside);
  await sweep(place);
  const fresh = await mkdtemp(join(place, 'data.new-'));
  try {
    await initialise(fresh, place, password, setup);
    if (near) {
      await rename(fresh, data);
    } else {
      const kept = join(place, `data-${randomUUID()}`);
      await rename(fresh, kept);
      await symlink(kept, data).catch(async (error: unknown) => {
        await rm(kept, { recursive: true });
        throw error;
      });
      log(`others cannot enter ${directory}, so its data lies in ${kept}`);
    }
  } catch (error) {
    if (!(await isThere(join(data, 'PG_VERSION')))) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return realpath(data);
};
