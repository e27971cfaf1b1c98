import { randomBytes } from 'node:crypto';
import type { Cluster } from '@delta/runtime/db/embedded/index';

/** A database for each owner in one cluster, and the variables by which its process finds it. */
export async function ownerDatabases(cluster: Cluster, prefix: string, owners: readonly string[]): Promise<Record<string, Record<string, string>>> {
  const entries = await Promise.all(owners.map(async (owner) => {
    const name = `${prefix}_${owner}_${randomBytes(3).toString('hex')}`;
    await cluster.ensureDatabase(name);
    return [owner, { DATABASE_URL: await cluster.serviceUrl(name), DATABASE_OWNER_URL: cluster.url(name) }] as const;
  }));
  return Object.fromEntries(entries);
}
