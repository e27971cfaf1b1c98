import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { DataSource, type MigrationInterface, type QueryRunner } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { openDatabase } from './dataSource.js';

class Tables1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table thing (n int)');
    await runner.query('select pg_sleep(0.3)');
  }
  async down(): Promise<void> {
    await Promise.resolve();
  }
}

/** Nothing in the table would stop a second run. */
class Rows1700000000002 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('insert into thing values (1)');
  }
  async down(): Promise<void> {
    await Promise.resolve();
  }
}

class Wrong1700000000003 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('insert into thing values (2)');
    await runner.query('select 1 / 0');
  }
  async down(): Promise<void> {
    await Promise.resolve();
  }
}

let database: TestDatabase;
beforeEach(async () => { database = await createTestDatabase(); });
afterEach(() => database.drop());

const open = (migrations: (new () => MigrationInterface)[], statementTimeoutMs = 100, log: (line: string) => void = () => undefined): Promise<DataSource> =>
  openDatabase({ url: database.ownerUrl, entities: [], migrations, applicationName: 'delta-migrate', poolSize: 2, statementTimeoutMs, log });

const things = async (ds: DataSource): Promise<unknown> => ds.query('select n from thing order by n');

describe('migrations', () => {
  test('run once when several instances start at once, and longer than a statement may', async () => {
    const lines: string[] = [];
    const instances = await Promise.all([1, 2, 3].map(() => open([Tables1700000000001, Rows1700000000002], 100, (line) => lines.push(line))));
    const [first] = instances;
    expect(first && (await things(first))).toEqual([{ n: 1 }]);
    expect(lines).toEqual(['ran migrations: Tables1700000000001, Rows1700000000002']);
    await Promise.all(instances.map((ds) => ds.destroy()));
  });

  test('would collide at that without the lock', async () => {
    const bare = await Promise.all(
      [1, 2].map(() => new DataSource({ type: 'postgres', url: database.ownerUrl, migrations: [Tables1700000000001], logging: false, installExtensions: false }).initialize()),
    );
    const outcomes = await Promise.allSettled(bare.map((ds) => ds.runMigrations()));
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
    await Promise.all(bare.map((ds) => ds.destroy()));
  });

  test('that fail leave nothing behind, give the lock back, and are tried again at the next start', async () => {
    await expect(open([Tables1700000000001, Wrong1700000000003])).rejects.toMatchObject({ driverError: { code: '22012' } });
    const ds = await open([Tables1700000000001, Rows1700000000002]);
    expect(await things(ds)).toEqual([{ n: 1 }]);
    expect(await ds.query(`select count(*)::int as n from pg_locks where locktype = 'advisory'`)).toEqual([{ n: 0 }]);
    await ds.destroy();
  });

  test('restore the time a statement may take', async () => {
    const ds = await open([Tables1700000000001]);
    await expect(Promise.all([1, 2].map(() => ds.query('select pg_sleep(1)')))).rejects.toMatchObject({ driverError: { code: '57014' } });
    await ds.destroy();
  });
});
