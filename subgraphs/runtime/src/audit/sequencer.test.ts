import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createSigner, createTrust, generateKeyPair, type Signer, type Trust } from '@delta/service/keys';
import { createLog } from '@delta/service/log';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { startSequencer, verifyChain, verifyCheckpoint } from './index.js';
import { recordEntries } from './recordEntries.js';

const log = createLog('audit', { level: 'silent' });
let database: TestDatabase;
let db: Database;
let owner: pg.Client;
let signer: Signer;
let trust: Trust;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(await openDatabase({
    url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'audit', poolSize: 8, statementTimeoutMs: 5_000,
  }), 'PROVINCE_UNAVAILABLE');
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const pair = await generateKeyPair('anhui');
  [signer, trust] = await Promise.all([createSigner(pair.privateKey), createTrust({ keys: { anhui: [pair.publicKey] } })]);
});
afterAll(async () => {
  await owner.end();
  await db.close();
  await database.drop();
});

const start = () => startSequencer({ db, signer, log, now: () => new Date(), algorithm: 'sha256', checkpointMs: 300 });
const record = (count: number): Promise<void> => recordEntries(db, { requestId: 'r', viewer: null }, Array.from({ length: count }, () => (
  { kind: 'EXISTENCE' as const, memberId: null, purpose: null, reference: null, fields: ['none'] })), new Date());
const counted = async (): Promise<{ entries: number; seals: number; last: number; pending: number }> => (await db.query<{ entries: number; seals: number; last: number; pending: number }>(`
  select (select count(*)::int from audit_entry) as entries, (select count(*)::int from audit_seal) as seals,
         (select coalesce(max(seq), 0)::int from audit_seal) as last, (select count(*)::int from audit_pending) as pending`))[0]!;

/** How long it takes until nothing is pending. */
const settled = async (): Promise<number> => {
  for (const since = performance.now();; await delay(20)) {
    if ((await counted()).pending === 0) return performance.now() - since;
    if (performance.now() - since > 20_000) throw new Error('what is pending is not sealed');
  }
};

test('three replicas seal what many record at once: each entry once, without a gap, and the chain fits', async () => {
  const replicas = [start(), start(), start()];
  await Promise.all(Array.from({ length: 6 }, async () => { for (let n = 0; n < 60; n += 1) await record(1 + (n % 5)); }));
  await settled();
  expect(await counted()).toEqual({ entries: 1080, seals: 1080, last: 1080, pending: 0 });
  expect((await verifyChain({ db })).problem).toBeNull();
  await Promise.all(replicas.map((replica) => replica.stop()));
});

test('what is committed is sealed within a second, and its head signed soon after', async () => {
  const sequencer = start();
  await settled();
  await record(1);
  expect(await settled()).toBeLessThan(1_000);
  await delay(1_000);
  const [checkpoint] = await db.query<{ seq: string; hash: string; token: string }>('select seq, hash, token from audit_checkpoint order by seq desc limit 1');
  const [head] = await db.query<{ seq: string; hash: string }>(`select seq, encode(hash, 'hex') as hash from audit_seal order by seq desc limit 1`);
  expect(checkpoint).toMatchObject(head!);
  expect(await verifyCheckpoint(trust, 'anhui', checkpoint!.token)).toMatchObject({ owner: 'anhui', ...head });
  await sequencer.stop();
});

test('what is not committed is not sealed, whoever records after it', async () => {
  const sequencer = start();
  await expect(db.transaction(async (within) => {
    await recordEntries(within, { requestId: 'r-undone', viewer: null }, [{ kind: 'CASE', memberId: null, purpose: null, reference: '31-c', fields: [] }], new Date());
    await record(3);
    await delay(600);
    throw new Error('undone');
  })).rejects.toThrow('undone');
  await settled();
  expect(await db.query(`select from audit_entry where request_id = 'r-undone'`)).toEqual([]);
  expect((await verifyChain({ db })).problem).toBeNull();
  await sequencer.stop();
});

test('what a crash of the server took from the list of pending entries is found again, and sealed', async () => {
  await record(4);
  await owner.query('truncate audit_pending');
  const sequencer = start();
  for (const since = Date.now(); (await counted()).seals < (await counted()).entries && Date.now() - since < 10_000;) await delay(50);
  await sequencer.stop();
  const { entries, seals } = await counted();
  expect(seals).toBe(entries);
});

test('a sequencer that stops seals what is left; months are prepared ahead', async () => {
  const sequencer = start();
  await settled();
  await record(2);
  await sequencer.stop();
  expect((await counted()).pending).toBe(0);
  const month = (ahead: number): string => {
    const now = new Date();
    return `audit_entry_${new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + ahead)).toISOString().slice(0, 7).replace('-', '')}`;
  };
  const rows = await db.query<{ name: string }>(`select relname as name from pg_class where relname ~ '^audit_entry_[0-9]{6}$' order by relname`);
  expect(rows.map(({ name }) => name)).toEqual([0, 1, 2, 3].map(month));
});
