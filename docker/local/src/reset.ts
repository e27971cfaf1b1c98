import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { owners } from './settings.js';

/** What a start puts into its home. Reset removes these by name and nothing else: DELTA_HOME may point anywhere by mistake. */
const ours: readonly string[] = ['keys', 'logs', 'gateway', ...owners];

/** Removes all data of the home: databases, keys, logs. The caller holds the zone's lock and has ended what was left running. */
export async function resetHome(home: string): Promise<string[]> {
  const found = (await readdir(home).catch(() => [])).filter((name) => ours.includes(name));
  await Promise.all(found.map((name) => rm(join(home, name), { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })));
  return found;
}
