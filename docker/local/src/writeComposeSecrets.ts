import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPort } from '@delta/schema/published';
import { provision } from './provision.js';
import { owners } from './settings.js';
import { writeFileOnce } from './writeFileOnce.js';

/**
 * Writes every file that docker/compose.yml names as a secret into `directory`: `keys/` as for one machine, and `databases/`
 * with a password and a connection string for each owner and for each owner's service. What exists stays. The folder itself is closed to others; the
 * files in it are readable, because compose mounts them with their modes into containers of several users.
 */
export async function writeComposeSecrets(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const { directory: keys } = await provision(directory, { inlineKeys: true, peers: owners.map((name) => ({ name, url: `http://${name}:${defaultPort(name)}` })) });
  const databases = join(directory, 'databases');
  await mkdir(databases, { recursive: true });
  for (const owner of owners) {
    // The first names are those of the one role there was before: an owner's database keeps its password.
    for (const [role, password, url] of [['delta', `${owner}.password`, `${owner}.owner.url`], [`${owner}_service`, `${owner}.service.password`, `${owner}.service.url`]] as const) {
      await writeFileOnce(join(databases, password), randomBytes(24).toString('base64url'));
      await writeFileOnce(join(databases, url), `postgres://${role}:${await readFile(join(databases, password), 'utf8')}@postgres-${owner}:5432/${owner}`);
    }
  }
  for (const folder of [keys, databases]) {
    await chmod(folder, 0o755);
    for (const file of await readdir(folder)) await chmod(join(folder, file), 0o444);
  }
}
