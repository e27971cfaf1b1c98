import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface TestDatabase {
  /** By the role that a service runs as: it may do with tables what `openDatabase` grants it, once given `ownerUrl` too. */
  readonly url: string;
  /** By the role that owns the tables: a superuser, as in an embedded cluster. For migrations, and for tests that make tables or tamper. */
  readonly ownerUrl: string;
  /** Drops the database and its role. Fails, after dropping it, when somebody is still connected: whoever opened a pool must close it. */
  drop(): Promise<void>;
}

/** Closed sockets reach the server a moment before their backends are gone. */
const patienceMs = 2_000;

const asAdministrator = async <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const url = process.env['DELTA_TEST_CLUSTER'];
  if (url === undefined) throw new Error('DELTA_TEST_CLUSTER is not set: run the tests with the Jest configuration of the repository');
  const client = new pg.Client({ connectionString: url, application_name: 'delta-tests' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

const connectedTo = async (client: pg.Client, name: string): Promise<string[]> => {
  const { rows } = await client.query<{ who: string }>(
    `select application_name || ': ' || left(query, 80) as who from pg_stat_activity where datname = $1 and backend_type = 'client backend'`,
    [name],
  );
  return rows.map(({ who }) => who);
};

/** An empty database for one test file, in the cluster of the whole run. Not for production code. */
export const createTestDatabase = async (): Promise<TestDatabase> => {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const service = `${name}_service`;
  const password = randomBytes(12).toString('hex');
  const urls = await asAdministrator(async (client) => {
    await client.query(`create database ${name}`);
    await client.query(`create role ${service} login password '${password}'`);
    const at = (user: string, secret: string): string => `postgres://${user}:${secret}@${client.host}:${client.port}/${name}`;
    return { url: at(service, password), ownerUrl: at(client.user!, client.password!) };
  });
  return {
    ...urls,
    drop: () =>
      asAdministrator(async (client) => {
        let connected = await connectedTo(client, name);
        for (const until = Date.now() + patienceMs; connected.length > 0 && Date.now() < until; connected = await connectedTo(client, name)) await delay(50);
        await client.query(`drop database ${name} with (force)`);
        await client.query(`drop role ${service}`);
        if (connected.length > 0) throw new Error(`connections to the test database were left open:\n${connected.join('\n')}`);
      }),
  };
};
