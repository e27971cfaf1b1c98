import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DataSource, EntityManager } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { openDatabase } from './dataSource.js';
import { inTransaction, isDatabaseGone, isWorthRepeating } from './transaction.js';

let database: TestDatabase;
let ds: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  ds = await openDatabase({ url: database.ownerUrl, entities: [], migrations: [], applicationName: 'delta-test', poolSize: 4, statementTimeoutMs: 5_000 });
  await ds.query('create table account (id int primary key, amount int not null)');
});
afterEach(() => ds.query('truncate account'));
afterAll(async () => {
  await ds.destroy();
  await database.drop();
});

const amounts = async (): Promise<number[]> => ((await ds.query('select amount from account order by id')) as { amount: number }[]).map(({ amount }) => amount);

describe('a transaction', () => {
  test('commits what its work did and gives its result', async () => {
    const result = await inTransaction(ds, async (manager) => {
      await manager.query('insert into account values (1, 10)');
      return 'done';
    });
    expect(result).toBe('done');
    expect(await amounts()).toEqual([10]);
  });

  test('takes everything back when its work throws, and throws that on', async () => {
    const work = async (manager: EntityManager): Promise<void> => {
      await manager.query('insert into account values (1, 10)');
      throw new RangeError('no');
    };
    await expect(inTransaction(ds, work)).rejects.toThrow(RangeError);
    expect(await amounts()).toEqual([]);
  });

  test('leaves no connection in a failed transaction behind', async () => {
    for (let round = 0; round < 8; round += 1) {
      await expect(inTransaction(ds, (manager) => manager.query('select 1 / 0'))).rejects.toMatchObject({ driverError: { code: '22012' } });
    }
    expect(await ds.query(`select count(*)::int as n from pg_stat_activity where datname = current_database() and state like 'idle in%'`)).toEqual([{ n: 0 }]);
    expect(isDatabaseGone(await inTransaction(ds, (manager) => manager.query('select 1 / 0')).catch((error: unknown) => error))).toBe(false);
  });

  /** Two transfers that lock the same rows in opposite order, neither committing before both hold one lock. */
  const cross = async (attempts: number): Promise<PromiseSettledResult<void>[]> => {
    await ds.query('insert into account values (1, 0), (2, 0)');
    let arrived = 0;
    let bothHere: () => void = () => undefined;
    const meeting = new Promise<void>((resolve) => { bothHere = resolve; });
    const transfer = (first: number, second: number): Promise<void> => {
      let round = 0;
      return inTransaction(ds, async (manager) => {
        round += 1;
        await manager.query('update account set amount = amount + 1 where id = $1', [first]);
        arrived += 1;
        if (arrived === 2) bothHere();
        if (round === 1) await meeting;
        await manager.query('update account set amount = amount + 1 where id = $1', [second]);
      }, { attempts });
    };
    return Promise.allSettled([transfer(1, 2), transfer(2, 1)]);
  };

  test('that loses a deadlock fails when it may run once only', async () => {
    const outcomes = await cross(1);
    const failures = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failures).toHaveLength(1);
    expect(isWorthRepeating(failures[0]?.reason)).toBe(true);
    expect(await amounts()).toEqual([1, 1]);
  });

  test('that loses a deadlock runs again when it may', async () => {
    expect((await cross(3)).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await amounts()).toEqual([2, 2]);
  });

  test('that is serializable runs again after a conflict', async () => {
    await ds.query('insert into account values (1, 0)');
    const add = (): Promise<void> =>
      inTransaction(ds, async (manager) => {
        const [row] = (await manager.query('select amount from account where id = 1')) as [{ amount: number }];
        await manager.query('update account set amount = $1 where id = 1', [row.amount + 1]);
      }, { isolation: 'SERIALIZABLE', attempts: 20 });
    await Promise.all([add(), add(), add(), add()]);
    expect(await amounts()).toEqual([4]);
  });
});
