import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { provision } from './provision.js';
import { owners } from './settings.js';
import { writeFileOnce } from './writeFileOnce.js';

/**
 * Writes every file that docker/compose.yml names as a secret into `directory`: `keys/` as for one machine, and `databases/`
 * with a password and a connection string for each owner. What exists stays. The folder itself is closed to others; the
 * files in it are readable, because compose mounts them with their modes into containers of several users.
 */
export async function writeComposeSecrets(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const { directory: keys } = await provision(directory, { inlineKeys: true });
  const databases = join(directory, 'databases');
  await mkdir(databases, { recursive: true });
  for (const owner of owners) {
    const file = join(databases, `${owner}.password`);
    await writeFileOnce(file, randomBytes(24).toString('base64url'));
    const password = await readFile(file, 'utf8');
    await writeFileOnce(join(databases, `${owner}.url`), `postgres://delta:${password}@postgres-${owner}:5432/${owner}`);
  }
  for (const folder of [keys, databases]) {
    await chmod(folder, 0o755);
    for (const file of await readdir(folder)) await chmod(join(folder, file), 0o444);
  }
}
