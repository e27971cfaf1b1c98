import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { readAuditStatus } from './index.js';

let database: TestDatabase | undefined;
let db: Database | undefined;
let owner: pg.Client | undefined;
beforeAll(async () => {
  database = await createTestDatabase();
  const { url, ownerUrl } = database;
  db = createDatabase(await openDatabase({ url, ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'audit', poolSize: 2, statementTimeoutMs: 5_000 }), 'PROVINCE_UNAVAILABLE');
  await db.query('select audit_prepare_partitions($1)', [new Date('2026-11-23')]);
  owner = new pg.Client({ connectionString: ownerUrl });
  await owner.connect();
});
afterAll(async () => {
  await Promise.all([owner?.end(), db?.close()]);
  await database?.drop();
});

test('names every table whose append-only triggers are off, a month as well as the whole log', async () => {
  expect((await readAuditStatus(db!)).unguarded).toEqual([]);
  await owner!.query('alter table audit_entry_202611 disable trigger audit_kept; alter table audit_seal disable trigger audit_kept_whole; alter table audit_witness enable replica trigger audit_kept');
  expect((await readAuditStatus(db!)).unguarded).toEqual(['audit_entry_202611', 'audit_seal', 'audit_witness']);
  await owner!.query('alter table audit_entry disable trigger audit_kept');
  expect((await readAuditStatus(db!)).unguarded).toContain('audit_entry');
});
