import { readdir, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { owners } from './settings.js';

/** What a start puts into its home. Reset removes these by name and nothing else: DELTA_HOME may point anywhere by mistake. */
const ours: readonly string[] = ['keys', 'logs', 'gateway', ...owners];

/** Removes all data of the home: databases, keys, logs. The caller holds the zone's lock and has ended what was left running. */
export async function resetHome(home: string): Promise<string[]> {
  // Where the server's account could not enter the home, a data folder lies elsewhere and the home has a link to it.
  for (const owner of owners) {
    const data = await realpath(join(home, owner, 'pg', 'data')).catch(() => null);
    if (data !== null && await isDataFolder(data)) await remove(data);
  }
  const found = (await readdir(home).catch(() => [])).filter((name) => ours.includes(name));
  await Promise.all(found.map((name) => remove(join(home, name))));
  return found;
}

const isDataFolder = (path: string): Promise<boolean> => stat(join(path, 'PG_VERSION')).then(() => true, () => false);
const remove = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
