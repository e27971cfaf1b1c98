import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { memberStatisticsOf } from './index.js';

let database: TestDatabase;
let source: DataSource;
let db: Database;
let statements: string[] = [];
let now = new Date('2026-01-01T12:00:00Z');

beforeAll(async () => {
  database = await createTestDatabase();
  source = await openDatabase({
    url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'statistics', poolSize: 2, statementTimeoutMs: 5_000,
    onStatement: (sql) => { statements.push(sql); },
  });
  db = createDatabase(source, 'PROVINCE_UNAVAILABLE');
  // A town, a county, a city, and a code that no table knows: seats as they are written.
  await db.query(`insert into organization (id, name, kind, division_code, path, grams)
    select n, n, 'BRANCH', code, '{}', '{}' from unnest($1::text[], $2::text[]) as o (n, code)`, [['a', 'b', 'c', 'd'], ['341882100', '341882', '340100', '999999999']]);
  await addMembers('a', 6);
  await addMembers('b', 7);
  await addMembers('c', 8);
  await addMembers('d', 9);
  statements = [];
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

let next = 0;
async function addMembers(organization: string, count: number): Promise<void> {
  const numbers = Array.from({ length: count }, () => (next += 1));
  await db.query(`insert into member (id, name, gender, affiliation, home_organization_id, data_key, blind_index, crypto_suite, key_version)
    select lpad(to_hex(n), 32, '0')::uuid, 'x', 'MALE', 'HOME', $1, '\\x00', n::text, 'aes', 'v1' from unnest($2::int[]) as n`, [organization, numbers]);
}

test('counts by county whether the seat is given as a town, a county or a city, and by province where the code is unknown', async () => {
  const { total, counties, kinds, countedAt } = await memberStatisticsOf({ db, province: '34', now: () => now })();
  expect({ total, kinds, countedAt }).toEqual({ total: 30, kinds: [{ kind: 'BRANCH', count: 30 }], countedAt: now });
  expect(counties.map(({ division, count }) => [division.code, division.fullName, count])).toEqual([['340000', '安徽省', 9], ['340100', '安徽省合肥市', 8], ['341882', '安徽省宣城市广德市', 13]]);
});

test('counts once a minute by one statement, however many ask', async () => {
  const statistics = memberStatisticsOf({ db, province: '34', now: () => now });
  statements = [];
  await Promise.all(Array.from({ length: 20 }, () => statistics()));
  await addMembers('a', 1);
  statements = statements.filter((sql) => sql.includes('/* statistics.'));
  now = new Date(now.getTime() + 59_000);
  expect((await statistics()).total).toBe(30);
  expect(statements).toHaveLength(1);
  now = new Date(now.getTime() + 1_000);
  expect((await statistics()).total).toBe(31);
  expect(statements).toHaveLength(2);
});

test('does not keep a count that failed', async () => {
  let down = true;
  const statistics = memberStatisticsOf({ db: { ...db, query: (...given) => (down ? Promise.reject(new Error('gone')) : db.query(...given)) }, province: '34', now: () => now });
  await expect(statistics()).rejects.toThrow('gone');
  down = false;
  expect((await statistics()).total).toBe(31);
});

test('counts nobody whose record was shredded', async () => {
  const [before] = await db.query<{ n: number }>('select count(*)::int as n from member');
  await db.query(`update member set shredded_at = now(), name = null, gender = null, affiliation = null, home_organization_id = null, data_key = null, blind_index = null, crypto_suite = null, key_version = null
    where home_organization_id = 'b' and id = (select min(id::text)::uuid from member where home_organization_id = 'b')`);
  expect((await memberStatisticsOf({ db, province: '34', now: () => now })()).total).toBe(before!.n - 1);
});
