import { join } from 'node:path';
import { PlatformError } from '@delta/schema/errors';
import { ConfigError } from '@delta/service/config';
import type { Logger } from '@delta/service/log';
import { auditPowers } from '../db/auditPowers.js';
import { openDatabase, type DatabaseOptions } from '../db/dataSource.js';
import { startCluster } from '../db/embedded/index.js';

export interface OwnDatabaseOptions extends Pick<DatabaseOptions, 'entities' | 'migrations' | 'poolSize' | 'statementTimeoutMs'> {
  readonly name: string;
  /** The owner's own server, by the service's role; without one an embedded cluster under `home` is started. */
  readonly url: string | undefined;
  /** The same server by the role that owns the tables. Without it `url` stands for both. */
  readonly ownerUrl: string | undefined;
  /** In production a service whose role could rewrite the audit does not start. */
  readonly mode: 'demo' | 'production';
  readonly home: string;
  readonly embeddedPort: number;
  readonly log: Logger;
  readonly onStatement?: (sql: string) => void;
}

export interface OwnDatabase { readonly source: Awaited<ReturnType<typeof openDatabase>>; close(): Promise<void> }

/**
 * Opens the owner's database, be it a server of its own or an embedded one that stops with the process.
 * Throws what openDatabase and startCluster throw, and in production DATABASE_ROLE_PRIVILEGED.
 */
export async function startDatabase(options: OwnDatabaseOptions): Promise<OwnDatabase> {
  const { name, url, ownerUrl, mode, home, embeddedPort, log, onStatement, ...rest } = options;
  if (ownerUrl !== undefined && url === undefined) throw new ConfigError(['DATABASE_OWNER_URL is set without DATABASE_URL, by which the service itself connects']);
  const say = (line: string): void => log.info({ part: 'postgres' }, line);
  const cluster = url === undefined ? await startCluster({ directory: join(home, name, 'pg'), port: embeddedPort, log: say }) : null;
  let source: OwnDatabase['source'] | null = null;
  const close = async (): Promise<void> => {
    if (source?.isInitialized) await source.destroy();
    await cluster?.stop();
  };
  try {
    if (cluster) await cluster.ensureDatabase(name);
    const addresses = cluster ? { url: await cluster.serviceUrl(name), ownerUrl: cluster.url(name) } : { url: url!, ownerUrl };
    source = await openDatabase({ ...rest, ...addresses, applicationName: `delta-${name}`, log: say, ...(onStatement ? { onStatement } : {}) });
    const powers = await auditPowers(source);
    if (powers.length > 0) {
      const error = new PlatformError('DATABASE_ROLE_PRIVILEGED', { message: `The service's database role could rewrite the audit: it ${powers.join(', ')}.`, powers });
      if (mode === 'production') throw error;
      log.warn({ code: error.code, powers }, `${error.message} Production does not start with it: give the service a role of its own and set DATABASE_OWNER_URL.`);
    }
    return { source, close };
  } catch (error) {
    await close();
    throw error;
  }
}
