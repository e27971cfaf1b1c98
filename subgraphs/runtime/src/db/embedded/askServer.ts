import pg from 'pg';

/** One connection for one errand to a server of our own. Closed whatever happens. */
export const askServer = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 30_000, application_name: 'delta-launcher' });
  // A connection lost outside a statement is an event nobody awaits; unheard, it would end the process.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
};
