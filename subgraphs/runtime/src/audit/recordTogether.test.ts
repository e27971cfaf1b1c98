import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Viewer } from '@delta/schema/viewer';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { AuditTrail, recordEntries, recordTogether, type AuditEntry } from './index.js';

const viewer: Viewer = { issuer: 'https://id.example', subject: 'c-1', role: 'station_clerk', province: '32', organization: '32-a', member: null };
const now = new Date();
const seen: AuditEntry = { kind: 'DISCLOSURE', memberId: '019a2b3c-4d5e-7f60-8a1b-000000000001', purpose: 'CHECK_IN', reference: '32-l', fields: ['name'] };
/** PostgreSQL keeps no text with this character, so whoever names it makes a statement fail. */
const unwritable = 'r-\u0000';

let database: TestDatabase;
let db: Database;
let administrator: pg.Client;
let statements: string[] = [];
const open = async (applicationName = 'audit'): Promise<Database> => createDatabase(await openDatabase({
  url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName, poolSize: 6, statementTimeoutMs: 5_000,
  onStatement: (sql) => { statements.push(sql); },
}), 'PROVINCE_UNAVAILABLE');

beforeAll(async () => {
  database = await createTestDatabase();
  db = await open();
  administrator = new pg.Client({ connectionString: database.ownerUrl });
  await administrator.connect();
});
beforeEach(() => { statements = []; });
const records = (): number => statements.filter((sql) => sql.includes('audit.record')).length;
afterAll(async () => {
  await db.close();
  await administrator.end();
  await database.drop();
});

const recorded = async (prefix: string): Promise<string[]> => (await db.query<{ id: string }>(
  'select request_id as id from audit_entry where kind = \'DISCLOSURE\' and starts_with(request_id, $1) order by request_id', [prefix])).map(({ id }) => id);
const outcomes = (settled: readonly PromiseSettledResult<unknown>[]): unknown[] => settled.map((one) => (one.status === 'fulfilled' ? 'recorded' : (one.reason as { code?: string }).code ?? 'failed'));

test('answers that are ready together are recorded by one statement, each request with its own entries', async () => {
  const record = recordTogether(db, () => 20);
  const names = Array.from({ length: 20 }, (_, i) => `together-${String(i).padStart(2, '0')}`);
  await Promise.all(names.map((requestId) => record({ requestId, viewer }, [seen, { ...seen, reference: requestId }], now)));
  expect(records()).toBe(1);
  expect(await recorded('together-')).toEqual(names.flatMap((name) => [name, name]));
  expect(await db.query('select count(*)::integer as n from audit_entry where request_id = reference and starts_with(request_id, \'together-\')')).toEqual([{ n: 20 }]);
});

test('what becomes ready while a statement is under way goes with the next', async () => {
  const record = recordTogether(db, () => 1);
  await Promise.all(['next-0', 'next-1', 'next-2', 'next-3'].map((requestId) => record({ requestId, viewer }, [seen], now)));
  expect(records()).toBe(2);
  expect(await recorded('next-')).toHaveLength(4);
});

test('who is served alone waits for nobody, and who has nothing to record asks for nothing', async () => {
  for (const [served, first] of [[1, 'audit.record'], [2, 'test.other']] as const) {
    statements = [];
    await Promise.all([recordTogether(db, () => served)({ requestId: 'alone', viewer }, [seen], now), db.query('/* test.other */ select 1')]);
    expect(statements[0]).toContain(first);
  }
  statements = [];
  await recordTogether(db, () => 1)({ requestId: 'nothing', viewer }, [], now);
  expect(statements).toEqual([]);
});

test('a replay among them is refused alone', async () => {
  const replayed = new AuditTrail({ requestId: 'replay-0', viewer, nonce: 'together-nonce' }).request;
  await recordEntries(db, new AuditTrail({ requestId: 'replay-first', viewer, nonce: 'together-nonce' }).request, [seen], now);
  const record = recordTogether(db, () => 3);
  const settled = await Promise.allSettled([replayed, { requestId: 'replay-1', viewer }, new AuditTrail({ requestId: 'replay-2', viewer, nonce: 'another-nonce' }).request].map((request) => record(request, [seen], now)));
  expect(outcomes(settled)).toEqual(['CONTEXT_REFUSED', 'recorded', 'recorded']);
  expect(await recorded('replay-')).toEqual(['replay-1', 'replay-2', 'replay-first']);
});

test('one whose entries cannot be written fails alone', async () => {
  const record = recordTogether(db, () => 3);
  const settled = await Promise.allSettled(['fails-0', unwritable, 'fails-2'].map((requestId) => record({ requestId, viewer }, [seen], now)));
  expect(outcomes(settled)).toEqual(['recorded', '22P05', 'recorded']);
  expect(await recorded('fails-')).toEqual(['fails-0', 'fails-2']);
});

test('a lost database fails all of them, and nothing is tried again: what it has committed is in doubt', async () => {
  const lost = await open('audit-lost');
  await db.transaction(async (within) => {
    await within.query('lock table audit_pending in exclusive mode');
    statements = [];
    const record = recordTogether(lost, () => 2);
    const settling = Promise.allSettled(['lost-0', 'lost-1'].map((requestId) => record({ requestId, viewer }, [seen], now)));
    const waits = 'application_name = \'audit-lost\' and wait_event_type = \'Lock\'';
    while ((await within.query(`select pg_stat_clear_snapshot(), 1 from pg_stat_activity where ${waits}`)).length === 0) await sleep(10);
    await administrator.query(`select pg_terminate_backend(pid) from pg_stat_activity where ${waits}`);
    expect(outcomes(await settling)).toEqual(['PROVINCE_UNAVAILABLE', 'PROVINCE_UNAVAILABLE']);
    expect(records()).toBe(1);
  });
  await lost.close();
  expect(await recorded('lost-')).toEqual([]);
});
