import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { PlatformError } from '@delta/schema/errors';
import { provinceByCode } from '@delta/schema/provinces';
import type { Viewer } from '@delta/schema/viewer';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { keysInMemory } from '../../../../tests/support/keysInMemory.js';
import { newPassSigner } from '../../../../tests/support/passTrust.js';
import { createDatabase, type Database, type Transaction } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { eventTypes, peersOf, sendEvents } from '../exchange/index.js';
import { lockMember } from '../member/index.js';
import { createCodeHasher } from '../oneTimeCode/index.js';
import { enrolPass } from './enrolPass.js';
import { issueBatch } from './issueBatch.js';
import { issuePass } from './issuePass.js';
import { passEvents } from './passEvents.js';
import { printPass } from './printPass.js';
import { revokeHeld } from './revoke.js';
import { revokePass } from './revokePass.js';
import type { PassServices } from './services.js';
import { lockPass, revokeById, setState } from './store.js';
import { suspendPass } from './suspendPass.js';

/** Issuing and enrolling against a database, beside what an office does to the same member at the same time. */
let database: TestDatabase;
let db: Database;
let services: PassServices;
const office = '31-019a2b3c-4d5e-7f60-8a1b-00000000000a';
const memberId = '019a2b3c-4d5e-7f60-8a1b-000000000001';
const viewer: Viewer = { issuer: 'https://id.test', subject: 'secretary', role: 'branch_secretary', province: '31', organization: office, member: null };
const types = eventTypes(passEvents(() => new Date()));
const nowhere = async (): Promise<null> => null;
const request = () => ({ requestId: randomUUID(), viewer });

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(await openDatabase({ url: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'races', poolSize: 8, statementTimeoutMs: 20_000 }), 'PROVINCE_UNAVAILABLE');
  await db.query(`insert into organization (id, name, kind, division_code, path, grams) values ($1, '支部', 'BRANCH', '310118', array[$1], '{}')`, [office]);
  await db.query(`insert into member (id, name, gender, affiliation, home_organization_id, data_key, blind_index, crypto_suite, key_version)
    values ($1, '王小明', 'MALE', 'HOME', $2, '\\x00', 'v1:1', 'aes', 'v1')`, [memberId, office]);
  const from = Math.floor(Date.now() / 1000) - 86_400;
  services = {
    db, entry: provinceByCode('31')!, exchange: { peers: peersOf('shanghai', () => []), tell: (within, events, at) => sendEvents(within, { types }, events, at) }, now: () => new Date(), codes: createCodeHasher({ current: 'v1', versions: ['v1'], key: () => Buffer.alloc(32, 7) }),
    passes: { keys: keysInMemory([{ use: 'pass', from }, { use: 'status', from }]), places: 5_000, paper: async () => new Uint8Array(), challengeKeys: () => [] },
  };
});
afterAll(async () => {
  await db.close();
  await database.drop();
});
beforeEach(async () => { await db.query('truncate pass, ownership_transfer cascade'); });

const print = () => printPass(services, viewer, request(), { memberId, clientKey: randomUUID() }, nowhere);
const code = async (): Promise<{ id: string; code: string }> => {
  const { pass, code: shown } = await issuePass(services, viewer, request(), { memberId, reason: 'NEW_PHONE', clientKey: randomUUID() }, nowhere);
  return { id: pass.id, code: shown! };
};
const enrol = (text: string) => enrolPass(services, { requestId: randomUUID(), viewer: null }, { code: text, holderKey: Buffer.from(newPassSigner().publicKey).toString('base64url'), clientKey: randomUUID() });
const suspend = (id: string) => suspendPass(services, viewer, request(), { id, reason: 'UNDER_REVIEW', clientKey: randomUUID() });
const outcome = (act: Promise<unknown>): Promise<string> => act.then(() => 'done', (error: unknown) => (error instanceof PlatformError ? error.code : String(error)));
const states = async (): Promise<string[]> => (await db.query<{ said: string }>(`select class || ' ' || state || coalesce(' ' || revoked_for, '') as said from pass where member_id = $1 order by id`, [memberId])).map(({ said }) => said);

/** Begins `act` while a transaction has done `change` and not committed; commits when `act` waits for it. */
async function behind(change: (within: Transaction) => Promise<void>, act: () => Promise<unknown>): Promise<string> {
  let acted: Promise<string> | undefined;
  await db.transaction(async (within) => {
    await change(within);
    acted = outcome(act());
    for (const end = Date.now() + 2_000; Date.now() < end; await delay(10)) {
      const [{ n }] = await db.query<{ n: number }>(`select count(*)::integer as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`) as [{ n: number }];
      if (n > 0) break;
    }
  });
  return acted!;
}
const suspending = (id: string) => async (within: Transaction): Promise<void> => {
  await lockPass(within, id);
  await setState(within, id, 'SUSPENDED', 'UNDER_REVIEW', new Date());
};

test('a code that was given out leads around no suspension of the sheet that the member holds', async () => {
  const { pass: { id } } = await print();
  const given = await code();
  await suspend(id);
  expect(await outcome(enrol(given.code))).toBe('PASS_SUSPENDED');
  expect(await states()).toEqual(['PAPER SUSPENDED', 'PHONE AWAITING_ENROLMENT']);
});

test('a suspension that is under way while a phone enrols, or a sheet is printed, is waited for and stands', async () => {
  const first = await code();
  await enrol(first.code);
  const second = await code();
  expect(await behind(suspending(first.id), () => enrol(second.code))).toBe('PASS_SUSPENDED');
  expect(await states()).toEqual(['PHONE SUSPENDED', 'PHONE AWAITING_ENROLMENT']);

  await db.query('truncate pass cascade');
  const { pass: { id } } = await print();
  expect(await behind(suspending(id), print)).toBe('PASS_SUSPENDED');
  expect(await states()).toEqual(['PAPER SUSPENDED']);
});

test('who enrols with a code whose pass is being revoked is told so', async () => {
  const given = await code();
  expect(await behind((within) => revokeById(within, [given.id], 'MISUSED', new Date()), () => enrol(given.code))).toBe('PASS_REVOKED');
  expect(await states()).toEqual(['PHONE REVOKED MISUSED']);
});

test('of a suspension and an enrolment that replaces the pass exactly one wins', async () => {
  for (let round = 0; round < 12; round += 1) {
    await db.query('truncate pass cascade');
    const first = await code();
    await enrol(first.code);
    const second = await code();
    const [suspended, enrolled] = await Promise.all([outcome(suspend(first.id)), outcome(enrol(second.code))]);
    expect([suspended, enrolled].filter((one) => one === 'done')).toHaveLength(1);
    expect([suspended, enrolled, ...await states()]).toEqual(suspended === 'done'
      ? ['done', 'PASS_SUSPENDED', 'PHONE SUSPENDED', 'PHONE AWAITING_ENROLMENT'] : ['PASS_REVOKED', 'done', 'PHONE REVOKED REPLACED', 'PHONE VALID']);
  }
});

test('a pass that is revoked at the moment at which its phone enrols ends revoked', async () => {
  for (let round = 0; round < 8; round += 1) {
    await db.query('truncate pass cascade');
    const given = await code();
    const [revoked, enrolled] = await Promise.all([outcome(revokePass(services, viewer, request(), { id: given.id, reason: 'MISUSED', clientKey: randomUUID() })), outcome(enrol(given.code))]);
    expect(revoked).toBe('done');
    expect(['done', 'PASS_REVOKED']).toContain(enrolled);
    expect(await states()).toEqual(['PHONE REVOKED MISUSED']);
  }
});

test('a batch waits for a suspension that is under way, and prints nothing around it', async () => {
  const { pass: { id } } = await print();
  const batch = async (): Promise<void> => { for await (const page of issueBatch(services, { organizationId: office, replace: true })) throw new Error(`${page.length} printed`); };
  expect(await behind(suspending(id), batch)).toBe('done');
  expect(await states()).toEqual(['PAPER SUSPENDED']);
});

test('a sheet that cannot be made ends no sheet and issues none', async () => {
  const { pass: { id } } = await print();
  const passes = { ...services.passes, paper: () => Promise.reject(new RangeError('no paper')) };
  await expect(printPass({ ...services, passes }, viewer, request(), { memberId, clientKey: randomUUID() }, nowhere)).rejects.toThrow('no paper');
  expect(await db.query('select id, state from pass')).toEqual([{ id, state: 'VALID' }]);
});

test('whoever waits while the record is being released to another province issues nothing', async () => {
  // As transferOwnership does it: the member's row, the transfer, the end of what is held.
  const releasing = async (within: Transaction): Promise<void> => {
    await lockMember(within, memberId);
    await within.query(`insert into ownership_transfer (id, member_id, version, peer, from_organization_id, to_organization_id, release, state, opened_at) values ('31-t', $1, 2, 'jiangsu', $2, '32-o', 'signed', 'SENT', now())`, [memberId, office]);
    await revokeHeld(services, within, memberId, 'TRANSFERRED', new Date());
  };
  const batch = async (): Promise<void> => { for await (const page of issueBatch(services, { organizationId: office })) throw new Error(`${page.length} printed`); };
  for (const [act, said] of [[print, 'TRANSFER_UNDER_WAY'], [code, 'TRANSFER_UNDER_WAY'], [batch, 'done']] as const) {
    expect(await behind(releasing, act)).toBe(said);
    expect(await states()).toEqual([]);
    await db.query('truncate ownership_transfer');
  }
});

test('however many wrong codes anybody enters, the right one of somebody else is taken', async () => {
  const given = await code();
  const wrong = ['nonsense', `${given.code[0] === '0' ? '1' : '0'}0000-00000-00000`];
  for (let round = 0; round < 160; round += 1) {
    for (const each of await Promise.all(wrong.map((text) => outcome(enrol(text))))) expect(each).toBe('ENROLMENT_CODE_INVALID');
  }
  expect(await outcome(enrol(given.code))).toBe('done');
});

test('a code counts five wrong entries and no more, also of many at once, and is locked', async () => {
  const given = await code();
  const secret = given.code.slice(6) === '00000-00000' ? '11111-11111' : '00000-00000';
  expect(new Set(await Promise.all(Array.from({ length: 8 }, () => outcome(enrol(`${given.code.slice(0, 5)}-${secret}`)))))).toEqual(new Set(['ENROLMENT_CODE_INVALID']));
  expect(await db.query('select tries from pass_enrolment')).toEqual([{ tries: 5 }]);
  expect(await outcome(enrol(given.code))).toBe('ENROLMENT_CODE_LOCKED');
});
