import { PlatformError } from '@delta/schema/errors';
import pg from 'pg';
import { errorMessage } from './errorCode.js';
import type { Queryable } from './database.js';

/** A database that is only read, over one connection. */
export interface ReadingDatabase extends Pick<Queryable, 'query'> { close(): Promise<void> }

/** Connects to read, as long as it may take: the server itself refuses to write. @throws PlatformError DATABASE_UNREACHABLE */
export async function openReading(url: string, applicationName: string): Promise<ReadingDatabase> {
  const client = new pg.Client({ connectionString: url, application_name: applicationName, connectionTimeoutMillis: 5_000, options: '-c default_transaction_read_only=on' });
  client.on('error', () => undefined);
  await client.connect().catch((error: unknown) => {
    throw new PlatformError('DATABASE_UNREACHABLE', { message: `The database does not answer: ${errorMessage(error)}.` });
  });
  return {
    query: async <Row>(sql: string, parameters: readonly unknown[] = []) => (await client.query(sql, [...parameters])).rows as Row[],
    close: () => client.end(),
  };
}
