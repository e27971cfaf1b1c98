import pg from 'pg';
import { DataSource, type DataSourceOptions } from 'typeorm';
import { PlatformError } from '@delta/schema/errors';
import { grantService } from './grantService.js';
import { migrate } from './migrate.js';
import { probe } from './probe.js';
import { quietLogger } from './quietLogger.js';
import { tracedClient } from './tracedClient.js';

export interface DatabaseOptions {
  /** By the role that the service runs as. */
  readonly url: string;
  /** By the role that owns the tables: it brings them up to date and grants them to the service's. When left out, `url` does the first. */
  readonly ownerUrl?: string | undefined;
  /** Read replicas, used by `readAside` only. One that does not answer at start is left out. */
  readonly replicas?: readonly string[];
  readonly entities: NonNullable<DataSourceOptions['entities']>;
  readonly migrations: NonNullable<DataSourceOptions['migrations']>;
  /** Shows in pg_stat_activity. */
  readonly applicationName: string;
  /** Most connections held at once, per server. */
  readonly poolSize: number;
  /** Called with the text of every statement sent, BEGIN and COMMIT included. */
  readonly onStatement?: (sql: string) => void;
  /** A statement that takes longer, in milliseconds, is cancelled by the server. 0: no limit. */
  readonly statementTimeoutMs: number;
  /** How long a database that is starting is waited for, in milliseconds. 30 s when left out. */
  readonly patienceMs?: number;
  /** The oldest PostgreSQL that will do. 14 when left out. */
  readonly oldestVersion?: number;
  readonly log?: (line: string) => void;
}

/** The server says itself that a statement timed out; only a server that says nothing is cut off after this much more. */
const graceMs = 2_000;
/** How long a request waits for a connection, be it that the server is away or that all are lent. */
const connectTimeoutMs = 5_000;
const idleInTransactionMs = 60_000;

const answeringReplicas = async (replicas: readonly string[], look: (url: string, patienceMs: number) => Promise<unknown>, log: (line: string) => void): Promise<string[]> => {
  const outcomes = await Promise.all(replicas.map((url) => look(url, 0).then(() => true, () => false)));
  const answering = replicas.filter((_, index) => outcomes[index]);
  if (answering.length < replicas.length) log(`${replicas.length - answering.length} of ${replicas.length} read replicas do not answer and are left out`);
  return answering;
};

const poolOf = (options: DatabaseOptions, url: string, replicas: readonly string[]): DataSource => {
  const { applicationName, statementTimeoutMs, log = () => undefined } = options;
  const silenceMs = statementTimeoutMs === 0 ? 0 : statementTimeoutMs + graceMs;
  return new DataSource({
    type: 'postgres',
    driver: pg,
    ...(replicas.length === 0
      ? { url }
      : { replication: { defaultMode: 'master', master: { url }, slaves: replicas.map((replica) => ({ url: replica })) } }),
    applicationName,
    poolSize: options.poolSize,
    connectTimeoutMS: connectTimeoutMs,
    entities: options.entities,
    migrations: options.migrations,
    synchronize: false,
    migrationsRun: false,
    // TypeORM would otherwise try to install uuid-ossp, which a managed PostgreSQL may lack.
    installExtensions: false,
    logger: quietLogger,
    poolErrorHandler: () => { log('an idle database connection was lost'); },
    extra: {
      Client: tracedClient({ onStatement: options.onStatement, silenceMs }),
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: idleInTransactionMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    },
  });
};

/** By the owner's connection if there is one, which ends with it: while the service runs, nobody is connected as the owner. */
const bringUpToDate = async (options: DatabaseOptions, pool: DataSource, serviceRole: string): Promise<string[]> => {
  if (options.ownerUrl === undefined) return migrate(pool);
  const asOwner = poolOf({ ...options, entities: [], poolSize: 2 }, options.ownerUrl, []);
  await asOwner.initialize();
  try {
    return await migrate(asOwner, (runner) => grantService(runner, serviceRole));
  } finally {
    await asOwner.destroy();
  }
};

/**
 * Opens an owner's database: waits for it, checks that it is fit, brings its tables up to date, and gives the service's pool.
 *
 * Reads and writes go to the primary; `readAside` alone uses replicas. Every connection carries a statement timeout and hears
 * its own errors. Throws DATABASE_UNREACHABLE, DATABASE_TOO_OLD, DATABASE_ENCODING; the errors of a failing migration
 * as they are.
 */
export const openDatabase = async (options: DatabaseOptions): Promise<DataSource> => {
  const { url, applicationName, patienceMs = 30_000, oldestVersion = 14, log = () => undefined } = options;
  const look = (at: string, patience: number): ReturnType<typeof probe> => probe({ url: at, applicationName, patienceMs: patience, oldestVersion, log });
  const service = await look(url, patienceMs);
  const owner = options.ownerUrl === undefined ? service : await look(options.ownerUrl, patienceMs);
  if (service.readOnly || owner.readOnly) {
    const variable = service.readOnly ? 'DATABASE_URL' : 'DATABASE_OWNER_URL';
    throw new PlatformError('DATABASE_UNREACHABLE', { message: `The database is a read replica; ${variable} must name the primary.`, reason: 'read only' });
  }
  const replicas = await answeringReplicas(options.replicas ?? [], look, log);
  const pool = poolOf(options, url, replicas);
  await pool.initialize();
  try {
    const ran = await bringUpToDate(options, pool, service.role);
    if (ran.length > 0) log(`ran migrations: ${ran.join(', ')}`);
  } catch (error) {
    await pool.destroy();
    throw error;
  }
  return pool;
};
