import { randomUUID } from 'node:crypto';
import { access, chmod, chown, mkdir, mkdtemp, readdir, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { reach } from './reach.js';
import { runProgram } from './runProgram.js';
import type { Binaries } from './readyBinaries.js';
import type { ServerUser } from './serverUser.js';

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

const initialise = async (folder: string, password: string, { binaries, user, durable }: DataFolderSetup): Promise<void> => {
  const passwordFile = join(dirname(folder), `initial.${randomUUID()}`);
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user) {
      await chown(passwordFile, user.uid, user.gid);
      await chown(folder, user.uid, user.gid);
    }
    const reached = await reach(user, folder, passwordFile);
    const [into = '', secret = ''] = reached.paths;
    const flags = [...initdbFlags, `--pwfile=${secret}`, ...(durable ? [] : ['--no-sync'])];
    const { ok, output } = await runProgram(binaries.initdb, ['-D', into, ...flags], user, reached.inherited);
    await reached.close();
    if (!ok) throw new Error(`initdb failed: ${output.split('\n').at(-1) ?? ''}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
};

/** What a first start that was killed left behind; the age keeps us off a first start that is running now. */
const sweep = async (directory: string): Promise<void> => {
  for (const name of await readdir(directory)) {
    if (!/^(data\.new-|initial\.)/.test(name)) continue;
    const left = await stat(join(directory, name)).catch(() => undefined);
    if (left && Date.now() - left.mtimeMs > 600_000) await rm(join(directory, name), { recursive: true, force: true });
  }
};

export interface DataFolderSetup {
  readonly binaries: Binaries;
  readonly user: ServerUser | undefined;
  readonly durable: boolean;
}

/**
 * The absolute, real path of an initialised data folder: `directory/data`.
 *
 * initdb runs in a fresh folder, which is then renamed to `data`: a kill on the way leaves nothing half made, and of two first
 * starts at once the second to finish discards its own and takes the first's.
 */
export const readyDataFolder = async (directory: string, password: string, setup: DataFolderSetup): Promise<string> => {
  const data = join(directory, 'data');
  if (await isThere(join(data, 'PG_VERSION'))) return realpath(data);
  await sweep(directory);
  const fresh = await mkdtemp(join(directory, 'data.new-'));
  try {
    await initialise(fresh, password, setup);
    await rename(fresh, data);
  } catch (error) {
    if (!(await isThere(join(data, 'PG_VERSION')))) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return realpath(data);
};
