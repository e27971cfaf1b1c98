import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/database.js';
import { Cases1764000000003 } from './0003_cases.js';
import { provinceMigrations } from './index.js';
import { migrateTo } from './testing/migrateTo.js';

let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateTo(database, provinceMigrations.slice(0, provinceMigrations.indexOf(Cases1764000000003)));
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query(`insert into lookup (id, blind_index, purpose, viewer_issuer, viewer_subject, viewer_role, client_key, opened_at, expires_at)
    values ('31-l', 'v1:i', 'MEMBER_SERVICE', 'i', 's', 'station_clerk', 'key-1234', now(), now())`);
  await migrateTo(database, provinceMigrations);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

test('lookups of before rest on no case and reveal nothing, whatever their purpose', async () => {
  const { rows } = await client.query('select id, case_id, reveals, reveal, reveal_reason from lookup');
  expect(rows).toEqual([{ id: '31-l', case_id: null, reveals: null, reveal: [], reveal_reason: null }]);
});

test('a case is closed with an outcome or not at all, and a lookup rests on a case that there is', async () => {
  await client.query(`insert into case_file (id, blind_index, purpose, organization_id, viewer_issuer, viewer_subject, viewer_role, client_key, opened_at, expires_at)
    values ('31-c', 'v1:i', 'MEMBER_SERVICE', '31-o', 'i', 's', 'station_clerk', 'key-1234', now(), now())`);
  await expect(client.query('update case_file set closed_at = now()')).rejects.toThrow('case_file_check');
  await expect(client.query('update lookup set case_id = $1', ['31-d'])).rejects.toThrow('lookup_case_id_fkey');
});
