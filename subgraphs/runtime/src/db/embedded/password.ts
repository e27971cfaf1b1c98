import { randomBytes, randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../errorCode.js';

/**
 * A role's password (the superuser's in `password`), made when first asked for and kept beside the data folder (0600).
 * Written aside and linked into place: of two first starts at once, both read the one password that won, and never half of it.
 */
export const keptPassword = async (directory: string, name = 'password'): Promise<string> => {
  const file = join(directory, name);
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept !== undefined) return kept.trim();
  const fresh = join(directory, `${name}.${randomUUID()}`);
  await writeFile(fresh, randomBytes(24).toString('hex'), { mode: 0o600, flush: true });
  try {
    await link(fresh, file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    await rm(fresh);
  }
  return (await readFile(file, 'utf8')).trim();
};
