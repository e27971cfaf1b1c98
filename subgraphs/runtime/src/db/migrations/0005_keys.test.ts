import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/database.js';
import { Keys1764000000005 } from './0005_keys.js';
import { provinceMigrations } from './index.js';
import { migrateTo } from './testing/migrateTo.js';

let database: TestDatabase;
let client: pg.Client;
const id = '019a2b3c-4d5e-7f60-8a1b-000000000001';

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateTo(database, provinceMigrations.slice(0, provinceMigrations.indexOf(Keys1764000000005)));
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query(`insert into organization (id, name, kind, division_code, path, grams) values ('31-o', '示例', 'BRANCH', '310118', '{31-o}', '{}')`);
  await client.query(`insert into member (id, name, gender, affiliation, home_organization_id, id_number, phone, data_key, blind_index)
    values ($1, '王示例', 'MALE', 'HOME', '31-o', '\\x01', '\\x02', '\\x03', 'v1:i')`, [id]);
  await migrateTo(database, provinceMigrations);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

test('members of before are known to be sealed by AES under the first key', async () => {
  const { rows } = await client.query('select crypto_suite, key_version, shredded_at from member');
  expect(rows).toEqual([{ crypto_suite: 'aes', key_version: 'v1', shredded_at: null }]);
});

test('a new member must say by what it is sealed', async () => {
  await expect(client.query(`insert into member (id, name, gender, affiliation, home_organization_id, data_key, blind_index)
    values ('019a2b3c-4d5e-7f60-8a1b-000000000002', '李示例', 'FEMALE', 'HOME', '31-o', '\\x03', 'v1:j')`)).rejects.toThrow('member_whole_or_shredded');
});

test('a member is whole or shredded: nothing of a person stays beside the mark, and nobody loses a key without it', async () => {
  await expect(client.query('update member set shredded_at = now() where id = $1', [id])).rejects.toThrow('member_whole_or_shredded');
  await expect(client.query('update member set data_key = null where id = $1', [id])).rejects.toThrow('member_whole_or_shredded');
});
