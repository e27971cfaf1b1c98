import { readdir, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { owners } from './settings.js';

/** What a start puts into its home. Reset removes these by name and nothing else: DELTA_HOME may point anywhere by mistake. */
export const wholeHome: readonly string[] = ['keys', 'logs', 'gateway', ...owners];

/**
 * Removes folders of the home with the databases, keys and logs in them. The caller holds the lock and has ended what was
 * left running. @returns the names of what was there
 */
export async function resetHome(home: string, folders: readonly string[] = wholeHome): Promise<string[]> {
  // Where the server's account could not enter the home, a data folder lies elsewhere and the home has a link to it.
  for (const owner of owners.filter((name) => folders.includes(name))) {
    const data = await realpath(join(home, owner, 'pg', 'data')).catch(() => null);
    if (data !== null && await isDataFolder(data)) await remove(data);
  }
  const found = (await readdir(home).catch(() => [])).filter((name) => folders.includes(name));
  await Promise.all(found.map((name) => remove(join(home, name))));
  return found;
}

const isDataFolder = (path: string): Promise<boolean> => stat(join(path, 'PG_VERSION')).then(() => true, () => false);
const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
