import { afterEach, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { PlatformError } from '@delta/schema/errors';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createEnvelope, type Envelope } from '../crypto/envelope.js';
import type { MasterKeys } from '../crypto/masterKeys.js';
import type { SuiteName } from '../crypto/types.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { checkKeys } from './checkKeys.js';
import { rewrapMembers } from './rewrapMembers.js';
import { shredMember } from './shredMember.js';
import { countBySeal, findMembers, listMembers, memberColumns, memberRow } from './store.js';

const sealedBy = (suite: SuiteName, current: string, ...others: string[]): Envelope => {
  const versions = [current, ...others];
  const keys: MasterKeys = {
    current, versions,
    key: (version) => {
      if (!versions.includes(version)) throw new PlatformError('KEY_UNKNOWN', { message: `no key ${version}` });
      return Buffer.alloc(32, Number(version.slice(1)));
    },
  };
  return createEnvelope(keys, suite);
};
const idOf = (n: number): string => `019a2b3c-4d5e-7f60-8a1b-${String(n).padStart(12, '0')}`;
const idNumberOf = (n: number): string => `31999919900101${String(n).padStart(4, '0')}`;
const count = 30;
const now = new Date('2026-05-01T08:00:00Z');

let database: TestDatabase;
let db: Database;
let client: pg.Client;
beforeEach(async () => {
  database = await createTestDatabase();
  db = createDatabase(await openDatabase({
    url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'secrets', poolSize: 4, statementTimeoutMs: 5_000,
  }), 'PROVINCE_UNAVAILABLE');
  client = new pg.Client({ connectionString: database.ownerUrl });
  await client.connect();
  await client.query(`insert into organization (id, name, kind, division_code, path, grams) values ('31-o', '示例', 'BRANCH', '310118', '{31-o}', '{}')`);
  const envelope = sealedBy('aes', 'v1');
  for (let n = 0; n < count; n += 1) {
    const row = memberRow({
      id: idOf(n), name: '王示例', gender: 'MALE', idNumber: idNumberOf(n), phone: '10900000000', joinedOn: '2001-01-01', probationary: false, affiliation: 'EXTERNAL',
      homeOrganizationId: '31-o', externalHome: { text: '河南省示例县', divisionCode: '410100' }, blindIndex: `v1:${idNumberOf(n)}`,
    }, envelope);
    await client.query(`insert into member (${memberColumns.join(', ')}) values (${row.map((_, at) => `$${at + 1}`).join(', ')})`, row);
  }
});
afterEach(async () => {
  await client.end();
  await db.close();
  await database.drop();
});

/** All members' numbers as `envelope` reads them. */
const numbers = async (envelope: Envelope): Promise<string[]> =>
  (await findMembers(db, Array.from({ length: count }, (_, n) => idOf(n)))).map(({ id, dataKey, idNumber }) => envelope.open(id, dataKey, 'idNumber', idNumber!)).sort();
const all = Array.from({ length: count }, (_, n) => idNumberOf(n));

test('a rotation wraps every data key anew, after which the old master key is not needed any more', async () => {
  await expect(numbers(sealedBy('aes', 'v2'))).rejects.toThrow('no key v1');
  const progress: number[] = [];
  expect(await rewrapMembers(db, sealedBy('aes', 'v2', 'v1'), { batch: 7, onProgress: (done) => progress.push(done) })).toEqual({ renewed: count, unreadable: [] });
  expect(progress).toEqual([0, 7, 14, 21, 28, 30]);
  expect(await countBySeal(db)).toEqual([{ suite: 'aes', version: 'v2', members: count }]);
  expect(await numbers(sealedBy('aes', 'v2'))).toEqual(all);
});

test('a change of suite seals every secret anew, and back again', async () => {
  await rewrapMembers(db, sealedBy('sm', 'v1'));
  expect(await countBySeal(db)).toEqual([{ suite: 'sm', version: 'v1', members: count }]);
  expect(await numbers(sealedBy('aes', 'v1'))).toEqual(all);
  await rewrapMembers(db, sealedBy('aes', 'v2', 'v1'));
  expect(await numbers(sealedBy('aes', 'v2'))).toEqual(all);
});

test('a rotation that breaks off leaves every member readable, and the next one does what is left', async () => {
  const envelope = sealedBy('sm', 'v2', 'v1');
  const stop = new AbortController();
  await expect(rewrapMembers(db, envelope, { batch: 4, signal: stop.signal, onProgress: (done) => { if (done >= 12) stop.abort(); } })).rejects.toThrow();
  expect(await countBySeal(db)).toEqual([{ suite: 'aes', version: 'v1', members: 18 }, { suite: 'sm', version: 'v2', members: 12 }]);
  expect(await numbers(envelope)).toEqual(all);
  expect(await rewrapMembers(db, envelope)).toEqual({ renewed: 18, unreadable: [] });
  expect(await rewrapMembers(db, envelope)).toEqual({ renewed: 0, unreadable: [] });
});

test('two rotations at once share the work', async () => {
  const envelope = sealedBy('aes', 'v2', 'v1');
  const [one, other] = await Promise.all([rewrapMembers(db, envelope, { batch: 2 }), rewrapMembers(db, envelope, { batch: 2 })]);
  expect(one.renewed + other.renewed).toBe(count);
  expect(await numbers(sealedBy('aes', 'v2'))).toEqual(all);
});

test('a member who is held by somebody else is waited for without holding up the others', async () => {
  await client.query('begin');
  await client.query('select from member where id = $1 for update', [idOf(3)]);
  let done = 0;
  const rotation = rewrapMembers(db, sealedBy('aes', 'v2', 'v1'), { batch: 5, onProgress: (so) => { done = so; } });
  while (done < count - 1) await new Promise((resolve) => setTimeout(resolve, 20));
  await client.query('commit');
  expect(await rotation).toEqual({ renewed: count, unreadable: [] });
});

test('bytes that no key opens are named, left as they are, and do not stop the rotation', async () => {
  await client.query(`update member set data_key = '\\x00' where id = $1`, [idOf(5)]);
  expect(await rewrapMembers(db, sealedBy('aes', 'v2', 'v1'), { batch: 4 })).toEqual({ renewed: count - 1, unreadable: [idOf(5)] });
  expect(await countBySeal(db)).toEqual([{ suite: 'aes', version: 'v1', members: 1 }, { suite: 'aes', version: 'v2', members: count - 1 }]);
});

test('a start with the key of another province, or without the one in use, is refused', async () => {
  await checkKeys(db, sealedBy('aes', 'v1'));
  await checkKeys(db, sealedBy('sm', 'v2', 'v1'));
  await expect(checkKeys(db, createEnvelope({ current: 'v1', versions: ['v1'], key: () => Buffer.alloc(32, 77) }))).rejects.toMatchObject({ code: 'KEY_UNKNOWN' });
  await expect(checkKeys(db, sealedBy('aes', 'v2'))).rejects.toThrow('no key v1');
});

test('of a shredded member only the id is left, and nothing of the person in any column', async () => {
  const { rows: [before] } = await client.query<{ data_key: Buffer }>('select data_key from member where id = $1', [idOf(1)]);
  expect(await shredMember(db, idOf(1), 'REQUEST', now)).toEqual({ at: now, already: false });
  const { rows: [left] } = await client.query<Record<string, unknown>>('select * from member where id = $1', [idOf(1)]);
  expect(Object.entries(left!).filter(([, value]) => value !== null)).toEqual([['id', idOf(1)], ['ownership_version', 1], ['shredded_at', now], ['releases', []]]);
  const { rows } = await client.query<{ text: string }>('select m::text as text from member m where data_key = $1 or m.id = $2', [before!.data_key, idOf(1)]);
  expect(rows.map(({ text }) => text).join()).not.toMatch(/王示例|河南|10900000000|319999/);
});

test('a shredded member is found by no read, and the others are as before', async () => {
  await shredMember(db, idOf(1), 'RETENTION', now);
  expect(await findMembers(db, [idOf(1)])).toEqual([]);
  expect(await listMembers(db, '31-o', {}, null, 100)).toHaveLength(count - 1);
  expect(await numbers(sealedBy('aes', 'v1'))).toEqual(all.filter((number) => number !== idNumberOf(1)));
  expect((await rewrapMembers(db, sealedBy('aes', 'v2', 'v1'))).renewed).toBe(count - 1);
});

test('a shredding is recorded with its reason, once, however often it is asked for', async () => {
  await shredMember(db, idOf(1), 'ERROR', now);
  expect(await shredMember(db, idOf(1), 'REQUEST', new Date(now.getTime() + 60_000))).toEqual({ at: now, already: true });
  const { rows } = await client.query('select kind, member_id, reason, viewer_subject, fields from audit_entry');
  expect(rows).toEqual([{ kind: 'SHRED', member_id: idOf(1), reason: 'ERROR', viewer_subject: null, fields: [] }]);
});

test('what cannot be recorded is not shredded', async () => {
  await client.query('alter table audit_entry rename to elsewhere');
  await expect(shredMember(db, idOf(1), 'REQUEST', now)).rejects.toThrow();
  expect(await findMembers(db, [idOf(1)])).toHaveLength(1);
});

test('whoever keeps something by the same person forgets it in the same transaction', async () => {
  const forgotten: string[] = [];
  await expect(shredMember(db, idOf(1), 'REQUEST', now, [async (_, index) => { forgotten.push(index); await Promise.reject(new Error('cannot forget')); }])).rejects.toThrow('cannot forget');
  expect(forgotten).toEqual([`v1:${idNumberOf(1)}`]);
  expect(await findMembers(db, [idOf(1)])).toHaveLength(1);
});

test('a member of nobody is not found, and two who shred one member at once record it once', async () => {
  await expect(shredMember(db, idOf(99), 'REQUEST', now)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  const both = await Promise.all([shredMember(db, idOf(1), 'REQUEST', now), shredMember(db, idOf(1), 'REQUEST', now)]);
  expect(both.filter(({ already }) => !already)).toHaveLength(1);
});
