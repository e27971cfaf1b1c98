import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { inspectionDue, isOverdue } from './rules.js';
import { listPasses } from './store.js';

let database: TestDatabase;
let db: Database;
const office = '31-019a2b3c-4d5e-7f60-8a1b-00000000000a';
const states = ['AWAITING_ENROLMENT', 'VALID', 'SUSPENDED', 'REVOKED'] as const;
/** Issued, and inspected last: about the day that not every year has, and the hours in which Shanghai is a day ahead. */
const times: readonly (readonly [string, string | null])[] = [
  ['2024-02-28T20:00:00Z', null], ['2024-02-29T08:00:00Z', null], ['2024-02-29T20:00:00Z', null], ['2024-03-01T07:00:00Z', null], ['2024-12-31T23:59:59.999Z', null],
  ['2022-05-01T08:00:00Z', '2024-02-29T08:00:00Z'], ['2022-05-01T08:00:00Z', null],
];

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(await openDatabase({ url: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'overdue', poolSize: 2, statementTimeoutMs: 20_000 }), 'PROVINCE_UNAVAILABLE');
  await db.query(`insert into organization (id, name, kind, division_code, path, grams) values ($1, '支部', 'BRANCH', '310118', array[$1], '{}')`, [office]);
  const rows = states.flatMap((state) => times.map(([issued, inspected]) => ({ state, issued, inspected })));
  // Of a member each: nobody has two that are in use.
  await db.query(`insert into pass (id, pass_id, member_id, class, state, reason, organization_id, office_id, issued_at, inspected_at, code_until, expires_at, suspended_at, revoked_at, revoked_for)
    select '31-' || n, decode(md5(n::text), 'hex'), md5(n::text)::uuid, 'PHONE', state, 'FIRST', $4, $4, issued, inspected, issued, issued, issued,
      case state when 'REVOKED' then issued end, case state when 'REVOKED' then 'LOST' end
      from unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) with ordinality as t (state, issued, inspected, n)`,
  [rows.map(({ state }) => state), rows.map(({ issued }) => issued), rows.map(({ inspected }) => inspected), office]);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

test('the register\'s filter finds the passes whose field says that the inspection is overdue, and no others, at the moment before and the moment itself', async () => {
  const all = await listPasses(db, office, {}, new Date(), null, 100);
  expect(all).toHaveLength(states.length * times.length);
  const dues = all.map((pass) => inspectionDue(pass).getTime());
  const counts = new Set<number>();
  for (const now of [...new Set(dues)].flatMap((due) => [new Date(due - 1), new Date(due)])) {
    const [overdue, not] = await Promise.all([true, false].map(async (inspectionOverdue) => (await listPasses(db, office, { inspectionOverdue }, now, null, 100)).map(({ id }) => id)));
    expect(overdue).toEqual(all.filter((pass) => isOverdue(pass, now)).map(({ id }) => id));
    expect(not).toEqual(all.filter((pass) => !isOverdue(pass, now)).map(({ id }) => id));
    counts.add(overdue!.length);
  }
  expect(Math.max(...counts)).toBe(2 * times.length);
  expect(counts.size).toBeGreaterThan(3);
});
