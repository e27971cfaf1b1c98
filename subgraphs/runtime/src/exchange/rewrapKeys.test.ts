import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { PlatformError } from '@delta/schema/errors';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createEnvelope, type Envelope } from '../crypto/envelope.js';
import type { MasterKeys } from '../crypto/masterKeys.js';
import type { SuiteName } from '../crypto/types.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { countKeysBySeal } from './keyStore.js';
import { rewrapKeys } from './rewrapKeys.js';
import { subjectSeals, type Secret } from './seals.js';

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
const count = 30;
const secrets = Array.from({ length: count }, (_, n): Secret => ({ subject: `m-${String(n).padStart(2, '0')}`, id: `019a2b3c-4d5e-7f60-8a1b-${String(n).padStart(12, '0')}`, data: Buffer.from(`{"told":${n}}`) }));

let database: TestDatabase;
let db: Database;
let owner: pg.Client;
let sealed: Buffer[];
beforeEach(async () => {
  database = await createTestDatabase();
  db = createDatabase(await openDatabase({
    url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'rewrap', poolSize: 4, statementTimeoutMs: 5_000,
  }), 'PROVINCE_UNAVAILABLE');
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  sealed = await db.transaction((within) => subjectSeals(sealedBy('aes', 'v1')).seal(within, secrets));
});
afterEach(async () => {
  await owner.end();
  await db.close();
  await database.drop();
});

/** What was exchanged as `envelope` reads it. */
const read = async (envelope: Envelope): Promise<string[]> => (await subjectSeals(envelope).open(db, secrets.map((secret, i) => ({ ...secret, data: sealed[i]! })))).map(String);
const all = secrets.map(({ data }) => data.toString());

test('a rotation wraps every key anew, after which the old master key is not needed any more', async () => {
  await expect(read(sealedBy('aes', 'v2'))).rejects.toThrow('no key v1');
  const progress: number[] = [];
  expect(await rewrapKeys(db, sealedBy('aes', 'v2', 'v1'), { batch: 7, onProgress: (done) => progress.push(done) })).toEqual({ renewed: count, unreadable: [] });
  expect(progress).toEqual([0, 7, 14, 21, 28, 30]);
  expect(await countKeysBySeal(db)).toEqual([{ suite: 'aes', version: 'v2', keys: count }]);
  expect(await read(sealedBy('aes', 'v2'))).toEqual(all);
});

test('another suite in use leaves a key its own, by which what lies under it was sealed, and new subjects get the other', async () => {
  const envelope = sealedBy('sm', 'v2', 'v1');
  await rewrapKeys(db, envelope);
  await db.transaction((within) => subjectSeals(envelope).seal(within, [{ subject: 'new', id: secrets[0]!.id, data: Buffer.from('{}') }]));
  expect(await countKeysBySeal(db)).toEqual([{ suite: 'aes', version: 'v2', keys: count }, { suite: 'sm', version: 'v2', keys: 1 }]);
  expect(await read(sealedBy('sm', 'v2'))).toEqual(all);
});

test('one that breaks off leaves everything readable, and the next one does what is left', async () => {
  const envelope = sealedBy('aes', 'v2', 'v1');
  const stop = new AbortController();
  await expect(rewrapKeys(db, envelope, { batch: 4, signal: stop.signal, onProgress: (done) => { if (done >= 12) stop.abort(); } })).rejects.toThrow();
  expect(await countKeysBySeal(db)).toEqual([{ suite: 'aes', version: 'v1', keys: 18 }, { suite: 'aes', version: 'v2', keys: 12 }]);
  expect(await read(envelope)).toEqual(all);
  expect(await rewrapKeys(db, envelope)).toEqual({ renewed: 18, unreadable: [] });
  expect(await rewrapKeys(db, envelope)).toEqual({ renewed: 0, unreadable: [] });
});

test('two at once share the work', async () => {
  const envelope = sealedBy('aes', 'v2', 'v1');
  const [one, other] = await Promise.all([rewrapKeys(db, envelope, { batch: 2 }), rewrapKeys(db, envelope, { batch: 2 })]);
  expect(one.renewed + other.renewed).toBe(count);
  expect(await read(sealedBy('aes', 'v2'))).toEqual(all);
});

test('a key that is held by somebody else is waited for without holding up the others, and one that is shredded meanwhile is not brought back', async () => {
  await owner.query('begin');
  await owner.query(`delete from exchange_key where subject = 'm-03'`);
  let done = 0;
  const rotation = rewrapKeys(db, sealedBy('aes', 'v2', 'v1'), { batch: 5, onProgress: (so) => { done = so; } });
  while (done < count - 1) await new Promise((resolve) => { setTimeout(resolve, 20); });
  await owner.query('commit');
  expect(await rotation).toEqual({ renewed: count - 1, unreadable: [] });
  expect((await countKeysBySeal(db))).toEqual([{ suite: 'aes', version: 'v2', keys: count - 1 }]);
});

test('bytes that no key opens are named, left as they are, and do not stop the rotation', async () => {
  await owner.query(`update exchange_key set data_key = '\\x00' where subject = 'm-05'`);
  expect(await rewrapKeys(db, sealedBy('aes', 'v2', 'v1'), { batch: 4 })).toEqual({ renewed: count - 1, unreadable: ['m-05'] });
  expect(await countKeysBySeal(db)).toEqual([{ suite: 'aes', version: 'v1', keys: 1 }, { suite: 'aes', version: 'v2', keys: count - 1 }]);
});
