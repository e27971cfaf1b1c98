import { isAbsolute, join } from 'node:path';
import pg from 'pg';
import { PlatformError } from '@delta/schema/errors';
import { errorCode, errorMessage } from '../errorCode.js';
import { answers } from './answers.js';
import { askServer } from './askServer.js';
import { bringUp, type Running } from './bringUp.js';
import { makeOpenFolder, readyDataFolder, superuser } from './dataFolder.js';
import { freePort } from './freePort.js';
import { locateBinaries } from './locateBinaries.js';
import { keptPassword } from './password.js';
import { readyBinaries, type Binaries } from './readyBinaries.js';
import { ensureLogin } from './serviceRole.js';
import { chooseServerUser, type ServerUser } from './serverUser.js';
import { supervise } from './supervise.js';

export interface ClusterOptions {
  /** Absolute. Holds `data`, the passwords (0600) and `postgres.log`; made when missing. */
  readonly directory: string;
  /** Any free port when left out. */
  readonly port?: number;
  /** What the launcher does that an operator may want to know; one line each, nothing secret. */
  readonly log?: (line: string) => void;
  /** `false` gives up surviving a power cut for speed. For tests alone. */
  readonly durable?: boolean;
  /** How long a server that holds the folder without answering is waited for, in milliseconds. 30 s when left out. */
  readonly patienceMs?: number;
  /** Where to keep a copy of programs that the server's account cannot reach in the repository, in order of preference. */
  readonly outside?: readonly string[];
}

/** A PostgreSQL server of our own. */
export interface Cluster {
  readonly port: number;
  /** Of the server at this moment: a server that dies is replaced. */
  readonly pid: number;
  /** The superuser's connection string of a database, password included: not for logs. */
  url(database: string): string;
  /** The same of `<database>_service`, a role that logs in and has no rights but those it is granted; made unless it is there. */
  serviceUrl(database: string): Promise<string>;
  /** Makes the database unless it is there. Safe from several processes at once. */
  ensureDatabase(name: string): Promise<void>;
  /** Stops the server; one that we took over and others are connected to is left running. Repeated calls share one stop. */
  stop(): Promise<void>;
}

const duplicateDatabase = new Set<string | undefined>(['42P04', '23505']);

/** A random port may be lost between asking and binding, and then another one does; a port that was asked for may not. */
const bringUpOnSomePort = async (start: (port: number) => Promise<Running>, wanted: number | undefined): Promise<Running> => {
  if (wanted !== undefined) return start(wanted);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (!(error instanceof PlatformError && error.code === 'PORT_IN_USE') || attempt === 5) throw error;
    }
  }
};

type Preparation = Pick<ClusterOptions, 'directory' | 'outside'> & { readonly durable: boolean };

interface Prepared {
  readonly user: ServerUser | undefined;
  readonly binaries: Binaries;
  readonly password: string;
  readonly dataFolder: string;
}

/** Everything before the server. What fails here is the folder: another account's, read-only, full. */
const prepare = async ({ directory, durable, outside }: Preparation): Promise<Prepared> => {
  try {
    const user = await chooseServerUser(join(directory, 'data'));
    const binaries = await readyBinaries(await locateBinaries(), user, outside);
    await makeOpenFolder(directory);
    const password = await keptPassword(directory);
    return { user, binaries, password, dataFolder: await readyDataFolder(directory, password, { binaries, user, durable }) };
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw new PlatformError('DATABASE_UNREACHABLE', { message: `The embedded PostgreSQL cannot use ${directory}: ${errorMessage(error)}` });
  }
};

/**
 * Starts the owner's embedded PostgreSQL, or takes over the one that already runs in `directory`, and keeps it up until `stop`.
 *
 * Throws POSTGRES_BINARIES_MISSING (not installed for this platform), PORT_IN_USE (`port` belongs to another program),
 * DATABASE_UNREACHABLE (the server does not come up; the message says why).
 */
export const startCluster = async (options: ClusterOptions): Promise<Cluster> => {
  const { directory, durable = true, patienceMs = 30_000, outside, log = () => undefined } = options;
  if (!isAbsolute(directory)) throw new TypeError(`the cluster's directory must be absolute: ${directory}`);
  const { user, binaries, password, dataFolder } = await prepare({ directory, durable, ...(outside ? { outside } : {}) });

  const urlOf = (role: string, secret: string, port: number, database: string): string =>
    `postgres://${encodeURIComponent(role)}:${secret}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
  const urlAt = (port: number, database: string): string => urlOf(superuser, password, port, database);
  const { postgres, pgCtl } = binaries;
  const setup = {
    postgres, pgCtl, dataFolder, user, durable, patienceMs, log, logFile: join(directory, 'postgres.log'),
    answers: (port: number, pid: number) => answers(urlAt(port, 'postgres'), pid),
  };
  const start = (port: number): Promise<Running> => bringUp(setup, port);
  const isNeededByOthers = ({ port }: Running): Promise<boolean> =>
    askServer(urlAt(port, 'postgres'), async (client) => {
      const { rows } = await client.query<{ others: boolean }>(
        `/* launcher.others */ select exists (select from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()) as others`,
      );
      return rows[0]?.others === true;
    }).catch(() => false);

  const supervision = supervise(await bringUpOnSomePort(start, options.port), { dataFolder, pgCtl, log, bringUp: start, spare: isNeededByOthers });
  const url = (database: string): string => urlAt(supervision.current().port, database);
  return {
    get port() { return supervision.current().port; },
    get pid() { return supervision.current().pid; },
    url,
    async serviceUrl(database) {
      const role = `${database}_service`;
      const secret = await keptPassword(directory, `${role}.password`);
      await askServer(url('postgres'), (client) => ensureLogin(client, role, secret));
      return urlOf(role, secret, supervision.current().port, database);
    },
    async ensureDatabase(name) {
      await askServer(url('postgres'), async (client) => {
        const { rowCount } = await client.query('/* launcher.database */ select from pg_database where datname = $1', [name]);
        if (rowCount === 0) await client.query(`/* launcher.create */ create database ${pg.escapeIdentifier(name)}`);
      }).catch((error: unknown) => {
        if (!duplicateDatabase.has(errorCode(error))) throw error;
      });
    },
    stop: supervision.stop,
  };
};
