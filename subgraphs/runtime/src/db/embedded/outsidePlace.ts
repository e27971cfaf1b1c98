import { chmod, lstat, mkdir } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { canEnter, type ServerUser } from './serverUser.js';

const candidates = (): string[] =>
  process.getuid?.() === 0
    ? ['/var/lib/delta-postgres', '/var/tmp/delta-postgres', join(tmpdir(), 'delta-postgres')]
    : [join(homedir(), '.cache', 'delta-postgres'), join(tmpdir(), `delta-postgres-${process.getuid?.() ?? 'user'}`)];

/**
 * A folder outside the repository that the server's account can enter, for what it cannot reach inside.
 * A folder of that name which is not ours (shared temporary folders are open to everyone) is passed over:
 * whoever made it could swap the programs we are about to run.
 */
export const outsidePlace = async (user: ServerUser | undefined, among: readonly string[] = candidates()): Promise<string> => {
  for (const place of among) {
    try {
      await mkdir(place, { recursive: true });
      const found = await lstat(place);
      if (!found.isDirectory() || (process.getuid && found.uid !== process.getuid())) continue;
      await chmod(place, 0o755);
      if (!user || (await canEnter(place, user))) return place;
    } catch {
      // Read-only or not ours to write: the next one may do.
    }
  }
  throw new Error(`no folder for the embedded PostgreSQL outside the repository: tried ${among.join(', ')}`);
};
