import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/database.js';
import { createDatabase } from '../database.js';
import { openDatabase } from '../dataSource.js';
import { sealBatch } from '../../audit/sealBatch.js';
import { verifyChain } from '../../audit/index.js';
import { Audit1764000000004 } from './0004_audit.js';
import { provinceMigrations } from './index.js';

let database: TestDatabase;
let client: pg.Client;
const open = (migrations: typeof provinceMigrations) =>
  openDatabase({ url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations, applicationName: 'migrations', poolSize: 2, statementTimeoutMs: 5_000 });

beforeAll(async () => {
  database = await createTestDatabase();
  await (await open(provinceMigrations.filter((migration) => migration !== Audit1764000000004))).destroy();
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

test('entries of before are kept, each in its month, and sealed oldest first', async () => {
  await client.query(`set timezone = 'Asia/Shanghai'`);
  await client.query(`insert into audit_entry (id, at, request_id, kind, fields)
    select ('019a2b3c-4d5e-7f60-8a1b-' || lpad(n::text, 12, '0'))::uuid, timestamptz '2026-03-31 15:59:59+00' + n * interval '1 day', 'r-' || n, 'DISCLOSURE', '{id}' from generate_series(0, 60) n`);
  const source = await open(provinceMigrations);
  const db = createDatabase(source, 'PROVINCE_UNAVAILABLE');
  const months = await client.query(`select tableoid::regclass::text as month, count(*)::int as entries from audit_entry group by 1 order by 1`);
  expect(months.rows).toEqual([
    { month: 'audit_entry_202603', entries: 1 }, { month: 'audit_entry_202604', entries: 30 }, { month: 'audit_entry_202605', entries: 30 },
  ]);
  expect(await sealBatch(db, 'sha256')).toMatchObject({ sealed: 61 });
  expect(await db.query('select e.request_id from audit_seal s join audit_entry e on e.id = s.entry_id order by s.seq limit 2')).toEqual([{ request_id: 'r-0' }, { request_id: 'r-1' }]);
  expect((await verifyChain({ db })).problem).toBeNull();
  await db.close();
});
