import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createSigner, createTrust, generateKeyPair, type Signer, type Trust } from '@delta/service/keys';
import type { Viewer } from '@delta/schema/viewer';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { digestOf, entryColumns, linkHash, type SealedEntry } from './chain.js';
import { signCheckpoint, verifyCheckpoint, verifyChain, witnessedCheckpoints, type ChainReport } from './index.js';
import { recordEntries } from './recordEntries.js';
import { findLost, sealBatch } from './sealBatch.js';

const viewer: Viewer = { issuer: 'https://id.example', subject: 'c-1', role: 'station_clerk', province: '32', organization: '32-a', member: null };
const members = Array.from({ length: 9 }, (_, n) => `019a2b3c-4d5e-7f60-8a1b-00000000000${n}`);

let [database, witness]: (TestDatabase | undefined)[] = [];
let [db, shanghai]: (Database | undefined)[] = [];
let owner: pg.Client;
let signer: Signer;
let trust: Trust;

const open = async ({ url, ownerUrl }: TestDatabase): Promise<Database> => createDatabase(await openDatabase({
  url, ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'audit', poolSize: 4, statementTimeoutMs: 5_000,
}), 'PROVINCE_UNAVAILABLE');

beforeAll(async () => {
  [database, witness] = await Promise.all([createTestDatabase(), createTestDatabase()]);
  [db, shanghai] = await Promise.all([open(database), open(witness)]);
  owner = new pg.Client({ connectionString: database.ownerUrl });
  await owner.connect();
  const pair = await generateKeyPair('anhui');
  [signer, trust] = await Promise.all([createSigner(pair.privateKey), createTrust({ keys: { anhui: [pair.publicKey] } })]);
});
afterAll(async () => {
  await owner.end();
  await Promise.all([db?.close(), shanghai?.close()]);
  await Promise.all([database?.drop(), witness?.drop()]);
});

/** What a superuser can do that nobody else can: act with the triggers off. */
const tamper = async (sql: string, parameters: unknown[] = []): Promise<void> => {
  await owner.query('set session_replication_role = replica');
  await owner.query(sql, parameters);
  await owner.query('set session_replication_role = origin');
};
const verify = (): Promise<ChainReport> => verifyChain({
  db: db!, witnesses: [witnessedCheckpoints('shanghai', shanghai!, 'anhui')], readCheckpoint: (token) => verifyCheckpoint(trust, 'anhui', token),
});
const record = async (memberId: string, at = new Date(Date.now() - 5 * 60_000)): Promise<void> =>
  recordEntries(db!, { requestId: 'r', viewer }, [{ kind: 'DISCLOSURE', memberId, purpose: 'CHECK_IN', reference: '32-l', fields: ['id', 'name'] }], at);
const signHead = async (keeper: 'own' | 'shanghai'): Promise<void> => {
  const [head] = await db!.query<{ seq: string; hash: string }>(`select seq, encode(hash, 'hex') as hash from audit_seal order by seq desc limit 1`);
  const at = new Date();
  const token = await signCheckpoint(signer, { ...head!, at });
  if (keeper === 'own') await db!.query('insert into audit_checkpoint (seq, hash, at, token) values ($1, $2, $3, $4)', [head!.seq, head!.hash, at, token]);
  else await shanghai!.query(`insert into audit_witness (owner, seq, hash, at, token) values ('anhui', $1, $2, $3, $4)`, [head!.seq, head!.hash, at, token]);
};
const idAt = async (seq: number): Promise<string> => (await db!.query<{ id: string }>('select entry_id as id from audit_seal where seq = $1', [seq]))[0]!.id;

/** What an administrator with every right and the code at hand can do: change an entry and compute all later seals anew. */
const rewriteFrom = async (seq: number): Promise<void> => {
  let previous = (await db!.query<{ hash: Buffer }>('select hash from audit_seal where seq = $1', [seq - 1]))[0]!.hash;
  const rows = await db!.query<SealedEntry & { seq: string }>(`select s.seq, ${entryColumns} from audit_seal s join audit_entry e on e.id = s.entry_id where s.seq >= $1 order by s.seq`, [seq]);
  for (const { seq: place, ...entry } of rows) {
    const digest = digestOf('sha256', entry);
    previous = linkHash('sha256', previous, { seq: BigInt(place), at: entry.at, id: entry.id, digest });
    await tamper(`update audit_seal set digest = $2, hash = $3, algorithm = 'sha256' where seq = $1`, [place, digest, previous]);
  }
};

beforeEach(async () => {
  await tamper('truncate audit_entry, audit_pending, audit_seal, audit_checkpoint');
  const other = new pg.Client({ connectionString: witness!.ownerUrl });
  await other.connect();
  await other.query('set session_replication_role = replica; truncate audit_witness');
  await other.end();
  for (const member of members.slice(0, 6)) await record(member);
  await sealBatch(db!, 'sha256');
  await signHead('own');
  await signHead('shanghai');
  for (const member of members.slice(6)) await record(member);
  await sealBatch(db!, 'sm3');
});

describe('an audit chain', () => {
  test('that nobody touched fits, across a change of suite, with its checkpoints here and elsewhere', async () => {
    expect(await verify()).toMatchObject({ sealed: 9n, expired: 0n, unsigned: 0, problem: null, checkpoints: { 'the owner itself': 1, shanghai: 1 } });
  });

  test('names the edited entry, in whichever column', async () => {
    const id = await idAt(4);
    for (const edit of [`member_id = '${members[8]}'`, `viewer_subject = 'c-2'`, `fields = '{id}'`, `reason = 'x'`, `purpose = null`]) {
      await tamper('begin');
      await tamper(`update audit_entry set ${edit} where id = $1`, [id]);
      await tamper('commit');
      expect((await verify()).problem).toMatchObject({ seq: '4', entryId: id, what: 'the entry was edited after it was sealed' });
      await tamper(`update audit_entry set member_id = $2, viewer_subject = 'c-1', fields = '{id,name}', reason = null, purpose = 'CHECK_IN' where id = $1`, [id, members[3]]);
      expect((await verify()).problem).toBeNull();
    }
  });

  test('names the deleted entry, and one that was given another time', async () => {
    const [deleted, moved] = [await idAt(5), await idAt(3)];
    await tamper('delete from audit_entry where id = $1', [deleted]);
    expect((await verify()).problem).toMatchObject({ seq: '5', entryId: deleted, what: 'the entry was deleted after it was sealed' });
    await tamper(`update audit_entry set at = at - interval '1 microsecond' where id = $1`, [moved]);
    expect((await verify()).problem).toMatchObject({ seq: '3', entryId: moved });
  });

  test('does not take a deleted entry for an expired one because its seal was given an old date', async () => {
    const id = await idAt(5);
    await tamper('delete from audit_entry where id = $1', [id]);
    await tamper(`update audit_seal set entry_at = entry_at - interval '5 years' where entry_id = $1`, [id]);
    expect((await verify()).problem).toMatchObject({ seq: '5', what: 'the seal was edited: it does not follow from the one before' });
  });

  test('names a missing, an edited and a moved seal', async () => {
    await tamper(`update audit_seal set digest = sha256('x') where seq = 7`);
    expect((await verify()).problem).toMatchObject({ seq: '7', what: 'the seal was edited: it does not follow from the one before' });
    await tamper('update audit_seal set seq = -seq where seq in (2, 3)');
    await tamper('update audit_seal set seq = 5 + seq where seq < 0');
    expect((await verify()).problem).toMatchObject({ seq: '2', what: expect.stringContaining('reordered') });
    await tamper('delete from audit_seal where seq = 2');
    expect((await verify()).problem).toMatchObject({ seq: '3', what: 'seal 2 is missing' });
  });

  test('that was rewritten with all its seals is contradicted by the checkpoint of a witness, also when the owner\'s own is removed', async () => {
    await tamper(`update audit_entry set member_id = $2 where id = $1`, [await idAt(4), members[8]]);
    await rewriteFrom(4);
    await tamper('truncate audit_checkpoint');
    expect((await verify()).problem).toMatchObject({ seq: '6', what: expect.stringContaining('rewritten: shanghai keeps') });
    // Without a witness nobody could tell: this is what they are for.
    expect((await verifyChain({ db: db! })).problem).toBeNull();
  });

  test('that ends too early is contradicted by the checkpoint of a witness', async () => {
    await tamper('delete from audit_seal where seq > 5');
    await tamper('truncate audit_checkpoint');
    await tamper('delete from audit_entry where id not in (select entry_id from audit_seal)');
    expect((await verify()).problem).toMatchObject({ seq: '6', what: expect.stringContaining('cut off: it ends at seal 5, and shanghai keeps') });
  });

  test('is not accused by a checkpoint that its owner did not sign; its own unsigned one is named', async () => {
    await shanghai!.query(`insert into audit_witness (owner, seq, hash, at, token) values ('anhui', 3, 'ff', now(), 'forged')`);
    expect(await verify()).toMatchObject({ unsigned: 1, problem: null });
    await tamper(`update audit_checkpoint set hash = 'ff'`);
    expect((await verify()).problem).toMatchObject({ seq: '6', what: expect.stringContaining('not what the owner signed') });
  });

  test('names an entry that was slipped in, and one that was deleted before it was sealed', async () => {
    await record(members[0]!);
    await tamper('truncate audit_pending');
    expect((await verify()).problem).toMatchObject({ seq: null, what: expect.stringContaining('never sealed') });
    await findLost(db!);
    await tamper('delete from audit_entry where id in (select id from audit_pending)');
    expect((await verify()).problem).toMatchObject({ what: 'the entry was deleted before it was sealed' });
    expect(await sealBatch(db!, 'sha256')).toEqual({ sealed: 0, vanished: 1, more: false });
  });

  test('takes entries whose month ended three years ago as expired, and the rest of the chain still fits', async () => {
    const old = new Date(Date.now() - 5 * 366 * 24 * 60 * 60_000);
    await owner.query('select audit_prepare_partitions($1)', [old]);
    await record(members[0]!, old);
    await record(members[1]!);
    await sealBatch(db!, 'sha256');
    expect(await verify()).toMatchObject({ sealed: 11n, expired: 0n, problem: null });
    expect(await db!.query('select audit_drop_expired() as dropped')).toEqual([{ dropped: 4 }]);
    expect(await verify()).toMatchObject({ sealed: 11n, expired: 1n, problem: null });
    expect(await db!.query('select audit_drop_expired() as dropped')).toEqual([{ dropped: 0 }]);
  });
});

describe('the database itself', () => {
  test('refuses the service\'s role to change anything that was recorded', async () => {
    for (const table of ['audit_entry', 'audit_seal', 'audit_checkpoint', 'audit_witness']) {
      for (const sql of [`delete from ${table}`, `truncate ${table}`]) await expect(db!.query(sql)).rejects.toMatchObject({ driverError: { code: '42501' } });
    }
    await expect(db!.query(`update audit_entry set kind = 'x'`)).rejects.toMatchObject({ driverError: { code: '42501' } });
  });

  test('refuses its owner too, on the table and on each month, as long as the triggers are there', async () => {
    const [{ month }] = (await owner.query<{ month: string }>('select tableoid::regclass::text as month from audit_entry limit 1')).rows as [{ month: string }];
    for (const sql of [`update audit_entry set kind = 'x'`, 'delete from audit_entry', 'truncate audit_entry', `truncate ${month}`, `delete from ${month}`, 'delete from audit_seal', 'truncate audit_seal', 'truncate audit_entry_default']) {
      await expect(owner.query(sql)).rejects.toThrow('append-only');
    }
    expect((await verify()).problem).toBeNull();
  });
});
