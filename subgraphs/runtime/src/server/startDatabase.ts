import { join } from 'node:path';
import type { Logger } from '@delta/service/log';
import { openDatabase, type DatabaseOptions } from '../db/dataSource.js';
import { startCluster } from '../db/embedded/index.js';

export interface OwnDatabaseOptions extends Pick<DatabaseOptions, 'entities' | 'migrations' | 'poolSize' | 'statementTimeoutMs'> {
  readonly name: string;
  /** The owner's own server; without one an embedded cluster under `home` is started. */
  readonly url: string | undefined;
  readonly home: string;
  readonly embeddedPort: number;
  readonly log: Logger;
  readonly onStatement?: (sql: string) => void;
}

export interface OwnDatabase { readonly source: Awaited<ReturnType<typeof openDatabase>>; close(): Promise<void> }

/** Opens the owner's database, be it a server of its own or an embedded one that stops with the process. */
export async function startDatabase(options: OwnDatabaseOptions): Promise<OwnDatabase> {
  const { name, url, home, embeddedPort, log, onStatement, ...rest } = options;
  const say = (line: string): void => log.info({ part: 'postgres' }, line);
  const cluster = url === undefined ? await startCluster({ directory: join(home, name, 'pg'), port: embeddedPort, log: say }) : null;
  try {
    if (cluster) await cluster.ensureDatabase(name);
    const source = await openDatabase({ ...rest, url: url ?? cluster!.url(name), applicationName: `delta-${name}`, log: say, ...(onStatement ? { onStatement } : {}) });
    return {
      source,
      close: async () => {
        if (source.isInitialized) await source.destroy();
        await cluster?.stop();
      },
    };
  } catch (error) {
    await cluster?.stop();
    throw error;
  }
}
