import { randomUUID } from 'node:crypto';
import { access, chmod, cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@delta/schema/errors';
import { linkLibraries } from './linkLibraries.js';
import type { BinaryPackage } from './locateBinaries.js';
import { outsidePlace } from './outsidePlace.js';
import { runProgram } from './runProgram.js';
import type { ServerUser } from './serverUser.js';

const program = (native: string, name: string): string => join(native, 'bin', process.platform === 'win32' ? `${name}.exe` : name);

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

const binariesIn = (native: string): Binaries => ({
  postgres: program(native, 'postgres'),
  initdb: program(native, 'initdb'),
  pgCtl: program(native, 'pg_ctl'),
});

const openToAll = async (folder: string): Promise<void> => {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, ((await stat(path)).mode & 0o111) !== 0 ? 0o755 : 0o644);
  }
};

/** Unpacked beside and renamed, so that processes that copy at once agree on one whole copy. */
const copyOutside = async ({ native, version }: BinaryPackage, place: string): Promise<string> => {
  const kept = join(place, version);
  if (await access(join(kept, 'native')).then(() => true, () => false)) return join(kept, 'native');
  const fresh = join(place, `new-${randomUUID()}`);
  try {
    await mkdir(fresh);
    await cp(native, join(fresh, 'native'), { recursive: true, verbatimSymlinks: true });
    await openToAll(fresh);
    await linkLibraries(join(fresh, 'native'));
    await rename(fresh, kept);
  } catch (error) {
    if (!(await access(join(kept, 'native')).then(() => true, () => false))) throw error;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return join(kept, 'native');
};

/**
 * The programs at a place where the server's account can run them: in node_modules, or copied once outside the
 * repository when that is closed to the account (a home folder, umask 077) or lacks its library links and is read-only.
 */
export const readyBinaries = async (found: BinaryPackage, user: ServerUser | undefined, outside?: readonly string[]): Promise<Binaries> => {
  const runs = (binaries: Binaries): ReturnType<typeof runProgram> => runProgram(binaries.postgres, ['--version'], user);
  const installed = binariesIn(found.native);
  if ((await linkLibraries(found.native)) && (await runs(installed)).ok) return installed;
  const copied = binariesIn(await copyOutside(found, await outsidePlace(user, outside)));
  const attempt = await runs(copied);
  if (attempt.ok) return copied;
  throw new PlatformError('POSTGRES_BINARIES_MISSING', { message: `The embedded PostgreSQL does not run here: ${attempt.output}` });
};
