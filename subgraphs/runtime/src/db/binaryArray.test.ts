import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { binaryArray, type ElementType } from './binaryArray.js';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const id = '0192f0c1-7b1e-7abc-8def-0123456789ab';
const cases: [ElementType, unknown[]][] = [
  ['text', ['', '党员', 'a"b\\c{,}', 'null', null, 'x'.repeat(70_000)]],
  ['bytea', [Buffer.alloc(0), Buffer.from([0, 255, 92, 34]), null]],
  ['uuid', [id, null]],
  ['bool', [true, false, null]],
  ['int4', [0, -1, 2_147_483_647, null]],
  ['int8', ['0', '-1', '9007199254740993', null]],
  ['timestamptz', [new Date('2026-11-25T01:02:03.456Z'), new Date(0), new Date('1999-12-31T23:59:59.999Z'), null]],
];

test.each(cases)('the server reads an array of %s as pg\'s own', async (type, values) => {
  for (const some of [values, values.slice(0, 1), [], [null]]) {
    const { rows: [row] } = await client.query(`select $1::${type}[] as own, $2::${type}[] as theirs, $1::${type}[] is not distinct from $2::${type}[] as same`, [binaryArray(type, some as never), some]);
    expect(row).toMatchObject({ own: some, theirs: some, same: true });
  }
});

test('numbers are taken for bigint too', async () => {
  expect((await client.query('select $1::bigint[] as n', [binaryArray('int8', [1, Number.MAX_SAFE_INTEGER])])).rows).toEqual([{ n: ['1', '9007199254740991'] }]);
});

test('what is not of the type is refused, here or by the server', async () => {
  expect(() => binaryArray('int4', [2 ** 31])).toThrow('out of range');
  expect(() => binaryArray('int8', [0.5])).toThrow('cannot be converted to a BigInt');
  expect(() => binaryArray('text', [1 as never])).toThrow('must be of type string');
  for (const bad of ['', 'no', `${id.slice(0, -1)}g`, `${id}00`, id.replaceAll('-', '')]) expect(() => binaryArray('uuid', [bad])).toThrow('not a UUID');
  await expect(client.query('select $1::int[]', [binaryArray('text', ['1'])])).rejects.toMatchObject({ code: '42804' });
});
