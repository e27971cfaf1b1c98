import { chmod, mkdir } from 'node:fs/promises';

/**
 * Makes the home unless it is there. It must let through the unprivileged account that embedded PostgreSQL runs as when we
 * are root, hence 0711 whatever the umask; what is in it is closed to others folder by folder.
 */
export async function makeHome(home: string): Promise<void> {
  if ((await mkdir(home, { recursive: true })) !== undefined) await chmod(home, 0o711);
}
