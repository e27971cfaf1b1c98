import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { copyRows } from './copy.js';
import { openDatabase } from './dataSource.js';
import { inTransaction } from './transaction.js';

let database: TestDatabase;
let ds: DataSource;
beforeAll(async () => {
  database = await createTestDatabase();
  ds = await openDatabase({ url: database.ownerUrl, entities: [], migrations: [], applicationName: 'delta-copy', poolSize: 2, statementTimeoutMs: 200 });
  await ds.query(`create table "order" (id bigint primary key, "text" text, at timestamptz, bytes bytea, words text[], data jsonb, yes boolean)`);
});
afterEach(() => ds.query('truncate "order"'));
afterAll(async () => {
  await ds.destroy();
  await database.drop();
});

const columns = ['id', 'text', 'at', 'bytes', 'words', 'data', 'yes'];
const count = async (): Promise<unknown> => ds.query('select count(*)::int as n from "order"');
const numbers = function* (to: number): Generator<unknown[]> {
  for (let id = 1; id <= to; id += 1) yield [id];
};

describe('copyRows', () => {
  test('loads every kind of value as it was', async () => {
    const at = new Date('2026-03-01T08:00:00.123Z');
    const awkward = 'tab\tnew\nline\rback\\slash \\N "quoted" {brace},';
    const rows = [
      [1n, awkward, at, Buffer.from([0, 255, 92]), ['青浦', 'a"b\\c', 'x,y', '', null, 'NULL'], { k: [awkward] }, true],
      ['2', '', null, null, [], null, false],
    ];
    expect(await copyRows(ds, 'order', columns, rows)).toBe(2);
    expect(await ds.query('select * from "order" order by id')).toEqual([
      { id: '1', text: awkward, at, bytes: Buffer.from([0, 255, 92]), words: ['青浦', 'a"b\\c', 'x,y', '', null, 'NULL'], data: { k: [awkward] }, yes: true },
      { id: '2', text: '', at: null, bytes: null, words: [], data: null, yes: false },
    ]);
  });

  test('tells how far it is, from nothing to all', async () => {
    const heard: number[] = [];
    await copyRows(ds, 'public.order', ['id'], numbers(50_000), (rows) => heard.push(rows));
    expect(await count()).toEqual([{ n: 50_000 }]);
    expect(heard.at(-1)).toBe(50_000);
    expect(heard.length).toBeGreaterThan(2);
    expect(heard).toEqual([...heard].sort((a, b) => a - b));
  });

  test('is part of the transaction it is given', async () => {
    const work = inTransaction(ds, async (manager) => {
      await copyRows(manager, 'order', ['id'], numbers(10));
      expect(await manager.query('select count(*)::int as n from "order"')).toEqual([{ n: 10 }]);
      throw new RangeError('no');
    });
    await expect(work).rejects.toThrow(RangeError);
    expect(await count()).toEqual([{ n: 0 }]);
  });

  test.each([
    ['the server refuses a row', function* () { yield* numbers(20_000); yield [1]; }, { code: '23505' }],
    ['the rows end in an error', function* () { yield* numbers(20_000); throw new RangeError('source'); }, { message: 'source' }],
    ['a value is undefined', function* () { yield* numbers(20_000); yield [undefined]; }, { message: 'a column cannot be loaded from a value of type undefined' }],
  ])('loads nothing when %s, and leaves the connection fit for use', async (_, rows, failure) => {
    await expect(copyRows(ds, 'order', ['id'], rows())).rejects.toMatchObject(failure);
    expect(await count()).toEqual([{ n: 0 }]);
    expect(await copyRows(ds, 'order', ['id'], numbers(3))).toBe(3);
  });

  test('may take longer than a statement may', async () => {
    const slow = async function* (): AsyncGenerator<unknown[]> {
      yield [1];
      await new Promise((resolve) => { setTimeout(resolve, 500); });
      yield [2];
    };
    expect(await copyRows(ds, 'order', ['id'], slow())).toBe(2);
    await expect(ds.query('select pg_sleep(1)')).rejects.toMatchObject({ driverError: { code: '57014' } });
  });
});
