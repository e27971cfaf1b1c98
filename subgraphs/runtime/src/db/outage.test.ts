import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createClusterPlayground } from '../../../../tests/support/clusterPlayground.js';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { openDatabase } from './dataSource.js';
import { startCluster } from './embedded/index.js';
import { inTransaction, isDatabaseGone } from './transaction.js';

let database: TestDatabase;
let admin: pg.Client;
let ds: DataSource;
const openAt = (url: string): Promise<DataSource> =>
  openDatabase({ url, entities: [], migrations: [], applicationName: 'delta-outage', poolSize: 2, statementTimeoutMs: 500 });

beforeAll(async () => {
  database = await createTestDatabase();
  admin = new pg.Client({ connectionString: database.ownerUrl, application_name: 'delta-admin' });
  await admin.connect();
  ds = await openAt(database.ownerUrl);
  await ds.query('create table mark (n int)');
});
afterAll(async () => {
  await ds.destroy();
  await admin.end();
  await database.drop();
});

const terminateAll = async (): Promise<number> =>
  (await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'delta-outage'`)).rowCount ?? 0;

const outcome = async (work: Promise<unknown>): Promise<unknown> => work.then(() => 'fine', (error: unknown) => error);

describe('a backend that is terminated', () => {
  test('while idle costs nobody anything', async () => {
    await ds.query('select 1');
    expect(await terminateAll()).toBeGreaterThan(0);
    await delay(50);
    expect(await ds.query('select 1 as n')).toEqual([{ n: 1 }]);
  });

  test('under a statement fails that statement as a lost database, and the next one works', async () => {
    const slow = outcome(ds.query('select pg_sleep(0.4)'));
    await delay(100);
    await terminateAll();
    expect(isDatabaseGone(await slow)).toBe(true);
    expect(await ds.query('select 1 as n')).toEqual([{ n: 1 }]);
  });

  test('between two statements of a transaction fails it as a lost database; nothing of it stays', async () => {
    const failure = await outcome(
      inTransaction(ds, async (manager) => {
        await manager.query('insert into mark values (1)');
        await terminateAll();
        await delay(100);
        await manager.query('insert into mark values (2)');
      }),
    );
    expect(isDatabaseGone(failure)).toBe(true);
    expect(await ds.query('select n from mark')).toEqual([]);
  });

  test('before the commit fails it as a lost database', async () => {
    const failure = await outcome(
      inTransaction(ds, async (manager) => {
        await manager.query('insert into mark values (1)');
        await terminateAll();
        await delay(100);
      }),
    );
    expect(isDatabaseGone(failure)).toBe(true);
  });

  test('does not hide what the work itself failed with', async () => {
    const failure = await outcome(
      inTransaction(ds, async (manager) => {
        await manager.query('insert into mark values (1)');
        await terminateAll();
        await delay(100);
        throw new RangeError('its own');
      }),
    );
    expect(failure).toBeInstanceOf(RangeError);
  });
});

describe('a server that does not keep up', () => {
  test('cancels what takes too long, which counts as lost', async () => {
    const failure = await outcome(ds.query('select pg_sleep(5)'));
    expect(failure).toMatchObject({ driverError: { code: '57014' } });
    expect(isDatabaseGone(failure)).toBe(true);
  });

  test('has a request wait no longer than five seconds for a connection when all are lent', async () => {
    const held = [ds.createQueryRunner(), ds.createQueryRunner()];
    await Promise.all(held.map((runner) => runner.connect() as Promise<unknown>));
    const since = Date.now();
    const failure = await outcome(ds.query('select 1'));
    expect(isDatabaseGone(failure)).toBe(true);
    expect(Date.now() - since).toBeLessThan(6_500);
    await Promise.all(held.map((runner) => runner.release()));
    expect(await outcome(ds.query('select 1'))).toBe('fine');
  });

  test('is given up on when it falls silent, and its connection is not lent again', async () => {
    const [{ pid }] = (await ds.query('select pg_backend_pid() as pid')) as [{ pid: number }];
    process.kill(pid, 'SIGSTOP');
    try {
      const since = Date.now();
      const failure = await outcome(ds.query('select 1'));
      expect(isDatabaseGone(failure)).toBe(true);
      expect(Date.now() - since).toBeLessThan(5_000);
      const [next] = (await ds.query('select pg_backend_pid() as pid')) as [{ pid: number }];
      expect(next.pid).not.toBe(pid);
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  });
});

describe('a server that dies', () => {
  const playground = createClusterPlayground(startCluster);
  afterAll(async () => (await playground).clear());

  test('and is started again is not the end of the pool', async () => {
    const cluster = await (await playground).start();
    const pool = await openAt(cluster.url('postgres'));
    const { pid } = cluster;
    const under = outcome(pool.query('select pg_sleep(0.4)'));
    await delay(50);
    process.kill(pid, 'SIGKILL');
    expect(isDatabaseGone(await under)).toBe(true);
    let answer: unknown;
    for (const since = Date.now(); answer !== 'fine' && Date.now() - since < 20_000; await delay(50)) {
      answer = await outcome(pool.query('select 1'));
      if (answer !== 'fine') expect(isDatabaseGone(answer)).toBe(true);
    }
    await pool.destroy();
    expect(answer).toBe('fine');
    expect(cluster.pid).not.toBe(pid);
  });
});
