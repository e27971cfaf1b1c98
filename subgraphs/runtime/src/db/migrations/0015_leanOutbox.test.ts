import { afterAll, beforeAll, expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../../tests/support/database.js';
import { LeanOutbox1764000000015 } from './0015_leanOutbox.js';
import { provinceMigrations } from './index.js';
import { migrateTo } from './testing/migrateTo.js';

let database: TestDatabase;
let client: pg.Client;
const wide = `insert into exchange_outbox (place, id, peer, type, version, subject, at, digest, sealed, data) overriding system value
  values ($1, $2, 'anhui', 'note.written', 2, '主题 "s"', '2026-11-30T08:00:00.120+08', 'd', true, $3)`;
const ids = ['019a2b3c-4d5e-7f60-8a1b-000000000001', '019a2b3c-4d5e-7f60-8a1b-000000000002'] as const;

beforeAll(async () => {
  database = await createTestDatabase();
  await migrateTo(database, provinceMigrations.slice(0, provinceMigrations.indexOf(LeanOutbox1764000000015)));
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  // One that was taken back from its stream and waits before all others, and one that came by itself; seven others have gone.
  await client.query(wide, [-3, ids[1], Buffer.from('second')]);
  await client.query(wide, [-4, ids[0], Buffer.from('first')]);
  await client.query(`select setval('exchange_outbox_place_seq', 7)`);
  // Whatever zone a province's server is set to, an envelope says its time in UTC.
  await client.query(`alter database ${pg.escapeIdentifier(client.database!)} set timezone to 'Asia/Shanghai'`);
  await migrateTo(database, provinceMigrations);
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

test('what waits keeps its order, its data, and what its envelope will say', async () => {
  const { rows } = await client.query<{ place: string; head: string; data: Buffer }>('select place, head, data from exchange_outbox order by place');
  expect(rows.map(({ place, data }) => [place, data.toString()])).toEqual([['-4', 'first'], ['-3', 'second']]);
  expect(rows.map(({ head }) => JSON.parse(head) as unknown)).toEqual(ids.map((id) => (
    { id, type: 'note.written', version: 2, subject: '主题 "s"', time: '2026-11-30T00:00:00.120Z', digest: 'd', sealed: true })));
});

test('a place that was given before is not given again', async () => {
  const { rows } = await client.query<{ place: string }>(`insert into exchange_outbox (peer, head, data) values ('anhui', '{}', '') returning place`);
  expect(rows).toEqual([{ place: '8' }]);
});
