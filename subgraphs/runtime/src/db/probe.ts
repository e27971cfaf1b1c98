import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { PlatformError } from '@delta/schema/errors';
import { codeOf, isDatabaseGone } from './failure.js';

export interface Probe {
  readonly url: string;
  readonly applicationName: string;
  /** How long a database that is starting or not yet there is waited for, in milliseconds. */
  readonly patienceMs: number;
  /** The oldest major version that will do. */
  readonly oldestVersion: number;
  readonly log: (line: string) => void;
}

interface Found {
  readonly version: number;
  readonly encoding: string;
  readonly readOnly: boolean;
  readonly role: string;
}

const ask = async (url: string, applicationName: string): Promise<Found> => {
  const client = new pg.Client({ connectionString: url, application_name: applicationName, connectionTimeoutMillis: 5_000, query_timeout: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<Found>(
      `/* db.probe */ select current_setting('server_version_num')::int / 10000 as version,
              current_setting('server_encoding') as encoding, pg_is_in_recovery() as "readOnly", current_user as role`,
    );
    if (rows[0] === undefined) throw new Error('no answer to a probe');
    return rows[0];
  } finally {
    await client.end().catch(() => undefined);
  }
};

/** Never the error's own text: it may hold the connection string. */
const reasonOf = (error: unknown): string => codeOf(error) ?? (isDatabaseGone(error) ? 'no answer' : 'the address cannot be used');

const unreachable = (reason: string): PlatformError => new PlatformError('DATABASE_UNREACHABLE', { message: `The database does not answer (${reason}).`, reason });

/** Waits until the server answers. What waiting cannot mend (a wrong password, no such database) fails at once. */
const whenAnswering = async ({ url, applicationName, patienceMs, log }: Probe): Promise<Found> => {
  for (const since = Date.now(), told = { once: false }; ; await delay(250)) {
    try {
      return await ask(url, applicationName);
    } catch (error) {
      if (!isDatabaseGone(error) || Date.now() - since >= patienceMs) throw unreachable(reasonOf(error));
      if (!told.once) log(`the database does not answer yet (${reasonOf(error)}); waiting up to ${Math.ceil(patienceMs / 1000)} s`);
      told.once = true;
    }
  }
};

/**
 * Checks that a database is fit for the platform before anything is written to it.
 * Throws DATABASE_UNREACHABLE, DATABASE_TOO_OLD or DATABASE_ENCODING. Gives whether it only takes reads (a replica), and the role that
 * the connection string stands for.
 */
export const probe = async (wanted: Probe): Promise<{ readonly readOnly: boolean; readonly role: string }> => {
  const { version, encoding, readOnly, role } = await whenAnswering(wanted);
  if (version < wanted.oldestVersion) {
    const message = `PostgreSQL ${wanted.oldestVersion} or later is needed; this is ${version}.`;
    throw new PlatformError('DATABASE_TOO_OLD', { message, found: version, needed: wanted.oldestVersion });
  }
  if (encoding !== 'UTF8') throw new PlatformError('DATABASE_ENCODING', { message: `The database must be encoded in UTF8; this is ${encoding}.`, found: encoding });
  return { readOnly, role };
};
