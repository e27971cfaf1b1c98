import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from './database.js';
import { openDatabase } from './dataSource.js';

let database: TestDatabase;
let db: Database;
let admin: pg.Client;
let statements: string[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(await openDatabase({
    url: database.ownerUrl, entities: [], migrations: [], applicationName: 'delta-held', poolSize: 2, statementTimeoutMs: 2_000, onStatement: (sql) => { statements.push(sql); },
  }), 'PROVINCE_UNAVAILABLE');
  admin = new pg.Client({ connectionString: database.ownerUrl });
  await admin.connect();
  await admin.query('create table account (id int primary key, amount int not null)');
});
afterEach(async () => {
  await admin.query('truncate account');
  const { rows } = await admin.query(`select state from pg_stat_activity where application_name = 'delta-held' and state like 'idle in%'`);
  expect(rows).toEqual([]);
});
afterAll(async () => {
  await db.close();
  await admin.end();
  await database.drop();
});

const insert = 'insert into account values ($1, $2)';
const ids = async (): Promise<number[]> => (await admin.query<{ id: number }>('select id from account order by id')).rows.map(({ id }) => id);
const failure = (work: Promise<unknown>): Promise<unknown> => work.then(() => 'fine', (error: unknown) => error);

describe('a transaction of statements', () => {
  test('commits what was said, also what nobody waited for, in its order', async () => {
    statements = [];
    const found = await db.transaction(async (within) => {
      await within.query(insert, [1, 10]);
      within.later(insert, [2, 20]);
      const rows = await within.query('select id from account order by id');
      within.later(insert, [3, 30]);
      return rows;
    });
    expect(found).toEqual([{ id: 1 }, { id: 2 }]);
    expect(await ids()).toEqual([1, 2, 3]);
    expect(statements).toEqual(['START TRANSACTION', insert, insert, 'select id from account order by id', insert, 'COMMIT']);
  });

  test('gives rows, and rows with their count where rows were changed', async () => {
    await db.transaction(async (within) => {
      expect(await within.query(`${insert} returning id`, [1, 10])).toEqual([{ id: 1 }]);
      expect(await within.query('update account set amount = 2 returning amount')).toEqual([[{ amount: 2 }], 1]);
      expect(await within.query('delete from account')).toEqual([[], 1]);
      expect(await within.query('select id from account')).toEqual([]);
    });
  });

  test('is not taken for committed where a statement failed and nobody minded', async () => {
    const outcome = await failure(db.transaction(async (within) => {
      await within.query(insert, [1, 10]);
      await within.query('select 1 / 0').catch(() => undefined);
    }));
    expect(String(outcome)).toContain('undone in the place of committed');
    expect(await ids()).toEqual([]);
  });

  test('lets TypeORM see what it did', async () => {
    await db.transaction(async (within) => {
      within.later(insert, [1, 10]);
      expect(await within.read((manager) => manager.query('select id from account'))).toEqual([{ id: 1 }]);
    });
    expect(await ids()).toEqual([1]);
  });

  test('that says nothing asks for nothing', async () => {
    statements = [];
    expect(await db.transaction(async () => 'done')).toBe('done');
    await expect(db.transaction(async (within) => { within.later(insert, [1, 1]); throw new RangeError('no'); })).rejects.toThrow(RangeError);
    expect(statements).toEqual([]);
    expect(await ids()).toEqual([]);
  });

  test('is not committed when what nobody waited for fails', async () => {
    const failed = await failure(db.transaction(async (within) => {
      await within.query(insert, [1, 10]);
      within.later(insert, [1, 11]);
    }));
    expect(failed).toMatchObject({ driverError: { code: '23505' }, query: insert });
    expect(await ids()).toEqual([]);
  });

  test('takes everything back when its first statement, a later one or its work fails', async () => {
    expect(await failure(db.transaction((within) => within.query('select 1 / 0')))).toMatchObject({ driverError: { code: '22012' } });
    expect(await failure(db.transaction(async (within) => { await within.query(insert, [1, 1]); await within.query('no sql'); }))).toMatchObject({ driverError: { code: '42601' } });
    await expect(db.transaction(async (within) => { await within.query(insert, [1, 1]); throw new RangeError('no'); })).rejects.toThrow(RangeError);
    expect(await ids()).toEqual([]);
  });

  test('sends nothing when a value cannot be sent, and its connection works on', async () => {
    const circular: { self?: unknown } = {};
    circular.self = circular;
    for (const first of [true, false]) {
      expect(await failure(db.transaction(async (within) => {
        if (!first) await within.query(insert, [1, 1]);
        within.later(insert, [2, 2]);
        await within.query('/* test.circular */ /* prepared */ select $1::jsonb', [circular]);
      }))).toMatchObject({ driverError: expect.any(TypeError) });
    }
    expect(await ids()).toEqual([]);
    expect(await db.transaction((within) => within.query('/* test.circular */ /* prepared */ select $1::jsonb as it', [{ a: 1 }]))).toEqual([{ it: { a: 1 } }]);
  });

  test('uses prepared statements again after some before them or they themselves failed', async () => {
    const [one, two] = ['/* test.one */ /* prepared */ select 1 / $1::int as one', '/* test.two */ /* prepared */ select $1::int as two'];
    for (const by of [0, 1, 0, 1]) {
      const outcome = await failure(db.transaction(async (within) => {
        within.later(one, [by]);
        expect(await within.query(two, [5])).toEqual([{ two: 5 }]);
      }));
      if (by === 0) expect(outcome).toMatchObject({ driverError: { code: '22012' }, query: one });
      else expect(outcome).toBe('fine');
      expect(await db.query(two, [6])).toEqual([{ two: 6 }]);
    }
  });

  test('refuses what comes after its end', async () => {
    let kept: Parameters<Parameters<Database['transaction']>[0]>[0] | undefined;
    await db.transaction(async (within) => { kept = within; await within.query('select 1'); });
    expect(() => kept!.later(insert, [1, 1])).toThrow('after the end');
    await expect(kept!.query(insert, [1, 1])).rejects.toThrow('after the end');
    expect(await ids()).toEqual([]);
  });

  test.each(['between two statements', 'before the commit'])('whose backend is terminated %s is a lost database, and nothing of it stays', async (when) => {
    const failed = await failure(db.transaction(async (within) => {
      await within.query(insert, [1, 10]);
      await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'delta-held'`);
      await delay(50);
      if (when === 'between two statements') await within.query(insert, [2, 10]);
    }));
    expect(failed).toMatchObject({ code: 'PROVINCE_UNAVAILABLE' });
    expect(await ids()).toEqual([]);
    expect(await db.query('select 1 as n')).toEqual([{ n: 1 }]);
  });

  test('whose statement takes too long is a lost database', async () => {
    expect(await failure(db.transaction(async (within) => { within.later(insert, [1, 1]); await within.query('select pg_sleep(5)'); }))).toMatchObject({ code: 'PROVINCE_UNAVAILABLE' });
    expect(await ids()).toEqual([]);
  });
});

describe('an attempt within a transaction', () => {
  test('that succeeds stays', async () => {
    await db.transaction(async (within) => {
      within.later(insert, [1, 1]);
      await within.attempt(async () => { within.later(insert, [2, 2]); });
    });
    expect(await ids()).toEqual([1, 2]);
  });

  const ways: [string, (within: Parameters<Parameters<Database['transaction']>[0]>[0]) => Promise<void>][] = [
    ['by its work', async (within) => { within.later(insert, [2, 2]); throw new RangeError('no'); }],
    ['by its work after a statement', async (within) => { await within.query(insert, [2, 2]); within.later(insert, [3, 3]); throw new RangeError('no'); }],
    ['by a statement', async (within) => { await within.query('select 1 / 0'); }],
    ['by a statement, after which its work says another', async (within) => { await within.query('select 1 / 0').catch(() => undefined); within.later(insert, [3, 3]); throw new RangeError('no'); }],
    ['by what nobody waited for', async (within) => { within.later(insert, [1, 2]); }],
  ];
  test.each(ways)('that fails %s is undone, and the transaction goes on', async (_, work) => {
    await db.transaction(async (within) => {
      await within.query(insert, [1, 1]);
      expect(await failure(within.attempt(() => work(within)))).not.toBe('fine');
      await within.query(insert, [9, 9]);
    });
    expect(await ids()).toEqual([1, 9]);
  });

  test('that loses the database says so', async () => {
    expect(await failure(db.transaction((within) => within.attempt(async () => {
      await within.query(insert, [1, 1]);
      await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'delta-held'`);
      await delay(50);
      throw new RangeError('whatever its work saw');
    })))).toMatchObject({ code: 'PROVINCE_UNAVAILABLE' });
    expect(await ids()).toEqual([]);
  });
});
