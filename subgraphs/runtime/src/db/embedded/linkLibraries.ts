import { access, lstat, readFile, symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

interface Link {
  readonly source: string;
  readonly target: string;
}

/**
 * Makes the library links that npm packages cannot carry (the package's install script makes them, unless scripts are off).
 * True when all are there afterwards; false when the folder cannot be written. Another process making the same links
 * at the same time is no failure.
 */
export const linkLibraries = async (native: string): Promise<boolean> => {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of JSON.parse(list) as Link[]) {
    const link = join(dirname(native), target);
    if (await lstat(link).then(() => true, () => false)) continue;
    try {
      await symlink(basename(source), link);
    } catch {
      if (!(await access(link).then(() => true, () => false))) return false;
    }
  }
  return true;
};
