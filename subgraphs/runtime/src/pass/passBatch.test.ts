import { randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { createStationState, openKnownIssued, openStatusList, setStatus, statusBytes, verifyPass, type TrustedKeys, type TrustList } from '@delta/pass';
import { provinceByCode } from '@delta/schema/provinces';
import { createLog } from '@delta/service/log';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { keysInMemory, trustOf, type HeldKeys } from '../../../../tests/support/keysInMemory.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { issueBatch, type IssuedSheet } from './issueBatch.js';
import { reissueBatch } from './reissueBatch.js';
import { startReissuing } from './startReissuing.js';
import type { SigningServices } from './services.js';
import { sha256 } from './sha256.js';
import { createStatusPublisher } from './statusPublisher.js';
import { keysUnder, type PassKeys } from './passKeys.js';

let database: TestDatabase;
let db: Database;
let now: Date;
const office = '31-019a2b3c-4d5e-7f60-8a1b-00000000000a';
const members = 1_234;
const keysOf = (...uses: Parameters<typeof keysInMemory>[0]): HeldKeys => keysInMemory(uses);
const seconds = (): number => Math.floor(now.getTime() / 1000);

let keys: HeldKeys;
let services: SigningServices;
const serve = (places: number, held: HeldKeys = keys): SigningServices => ({
  db, entry: provinceByCode('31')!, now: () => now,
  passes: { keys: held, places },
});

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(await openDatabase({ url: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'batch', poolSize: 6, statementTimeoutMs: 20_000 }), 'PROVINCE_UNAVAILABLE');
  await db.query(`insert into organization (id, name, kind, division_code, path, grams) values ($1, '支部', 'BRANCH', '310118', array[$1], '{}')`, [office]);
  await db.query(`insert into member (id, name, gender, affiliation, home_organization_id, data_key, blind_index, crypto_suite, key_version)
    select ('019a2b3c-4d5e-7f60-8a1b-' || lpad(n::text, 12, '0'))::uuid, case when n % 2 = 0 then '王小明' else '欧阳明' end, 'MALE', 'HOME', $1, '\\x00', 'v1:' || n, 'aes', 'v1' from generate_series(1, ${members}) n`, [office]);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});
beforeEach(async () => {
  now = new Date('2026-05-01T08:00:00Z');
  keys = keysOf({ use: 'pass', from: seconds() - 86_400 }, { use: 'status', from: seconds() - 86_400 });
  services = serve(5_000);
  await db.query('truncate pass cascade');
});

const all = async (batch: AsyncIterable<readonly IssuedSheet[]>): Promise<IssuedSheet[]> => {
  const sheets: IssuedSheet[] = [];
  for await (const page of batch) sheets.push(...page);
  return sheets;
};
async function judged(text: string, trust: TrustList): Promise<string> {
  const list = await openStatusList((await createStatusPublisher(services).status(keys.kidOf('pass')))!, { trust });
  const outcome = await verifyPass(text, { profile: 'ap1', trust, status: () => list, clock: { wall: seconds(), monotonic: 0 }, state: createStationState() });
  return outcome.valid ? `${outcome.class} ${outcome.maskedName}` : outcome.refusal.code;
}

test('everybody of an office gets one sheet, page by page, each in a place of its own and good at a station', async () => {
  const pages: number[] = [];
  const sheets: IssuedSheet[] = [];
  for await (const page of issueBatch(services, { organizationId: office, pageSize: 200 })) {
    pages.push(page.length);
    sheets.push(...page);
  }
  expect(pages).toEqual([200, 200, 200, 200, 200, 200, 34]);
  expect(new Set(sheets.map(({ passId }) => passId)).size).toBe(members);
  const trust = await trustOf(keys, '31', seconds());
  expect([await judged(sheets[0]!.text, trust), await judged(sheets[1]!.text, trust)]).toEqual(['paper 欧阳*', 'paper 王*']);
  const [counted] = await db.query<object>('select count(distinct status_index)::integer as places, count(*)::integer as rows, max(status_index) - min(status_index) > 4000 as spread from pass_place');
  expect(counted).toEqual({ places: members, rows: members, spread: true });
  expect(await db.query(`select count(*)::integer as n, count(distinct request_id)::integer as requests from audit_entry where kind = 'PASS' and reason = 'PRINTED'`)).toEqual([{ n: members, requests: 1 }]);

  // A second run, as after an interruption, passes over who has one; with `replace` it ends what there is.
  expect(await all(issueBatch(services, { organizationId: office }))).toEqual([]);
  const again = await all(issueBatch(services, { organizationId: office, replace: true }));
  expect(again).toHaveLength(members);
  expect([await judged(sheets[0]!.text, trust), await judged(again[0]!.text, trust)]).toEqual(['REVOKED', 'paper 欧阳*']);
});

test('two batches at once give nobody two passes', async () => {
  const both = await Promise.all([all(issueBatch(services, { organizationId: office, pageSize: 100 })), all(issueBatch(services, { organizationId: office, pageSize: 130 }))]);
  expect(both.flat()).toHaveLength(members);
  expect(new Set(both.flat().map(({ memberId }) => memberId)).size).toBe(members);
});

test('places are entered in their order, so that of two pages that want the same places one waits for the other, and not each for each', async () => {
  await db.query('truncate pass_place');
  for await (const page of issueBatch(services, { organizationId: office, pageSize: 300 })) { expect(page).toHaveLength(300); break; }
  const entered = (await db.query<{ index: number }>('select status_index as index from pass_place order by ctid')).map(({ index }) => index);
  expect(entered).toHaveLength(300);
  expect(entered).toEqual([...entered].sort((a, b) => a - b));
});

test('a list without a free place is full, and what was begun on that page is undone', async () => {
  const pages: number[] = [];
  const batch = async (): Promise<void> => { for await (const page of issueBatch(serve(1_000), { organizationId: office, pageSize: 300 })) pages.push(page.length); };
  await expect(batch()).rejects.toMatchObject({ code: 'PASS_LIST_FULL' });
  expect(pages).toEqual([300, 300, 300]);
  expect(await db.query('select count(*)::integer as n from pass')).toEqual([{ n: 900 }]);
});

test('the known-issued list of a key has what it signed, and nothing else', async () => {
  const sheets = await all(issueBatch(services, { organizationId: office }));
  const trust = await trustOf(keys, '31', seconds());
  const known = await openKnownIssued((await createStatusPublisher(services).knownIssued(keys.kidOf('pass')))!, { trust });
  const { decodeBase45 } = await import('@delta/pass/lib/base45');
  for (const { text } of sheets.slice(0, 20)) expect(known.has(sha256(decodeBase45(text, 4, 'credential')))).toBe(true);
  expect(known.has(sha256(Buffer.from('forged')))).toBe(false);
});

test('phones\' passes of a key are signed anew under the next, for the same phones, once, suspended ones included', async () => {
  const holder = Buffer.from(keys.publicOf('pass'));
  await db.query(`insert into pass (id, pass_id, member_id, class, state, reason, organization_id, office_id, issued_at, holder, expires_at, suspended_at)
    select '31-' || m.id, decode(md5(m.id::text), 'hex'), m.id, 'PHONE', case when n % 3 = 0 then 'SUSPENDED' else 'VALID' end, 'FIRST', $1, $1, $2, $3, $2::timestamptz + interval '50 days', $2
      from (select id, row_number() over (order by id) as n from member) m`, [office, now, holder]);
  await db.query(`insert into pass_place (kid, status_index, pass, status) select $1, row_number() over (order by id) - 1, id, case state when 'SUSPENDED' then 2 else 0 end from pass`, [keys.kidOf('pass')]);
  const old = keys.kidOf('pass');
  const next = keysOf({ use: 'pass', from: seconds() - 60 }, { use: 'status', from: seconds() - 60 });
  let signed = 0;
  for await (const count of reissueBatch(serve(5_000, next), { kid: old, pageSize: 250 })) signed += count;
  for await (const count of reissueBatch(serve(5_000, next), { kid: old })) signed += count;
  expect(signed).toBe(members);
  expect(await db.query(`select count(*)::integer as n, count(*) filter (where l.status = 2)::integer as suspended from pass_place l join pass_credential c on c.pass = l.pass and c.kid = l.kid where l.kid = $1`, [next.kidOf('pass')]))
    .toEqual([{ n: members, suspended: Math.floor(members / 3) }]);
});

test('several who sign anew at once share the passes, each signed once, and none loses a page', async () => {
  const old = keys.kidOf('pass');
  for (let round = 0; round < 3; round += 1) {
    await db.query('truncate pass cascade');
    await db.query(`insert into pass (id, pass_id, member_id, class, state, reason, organization_id, office_id, issued_at, holder, expires_at)
      select '31-' || id, decode(md5(id::text), 'hex'), id, 'PHONE', 'VALID', 'FIRST', $1, $1, $2, $3, $2::timestamptz + interval '50 days' from member`, [office, now, Buffer.from(keys.publicOf('pass'))]);
    await db.query('insert into pass_place (kid, status_index, pass) select $1, row_number() over (order by id) - 1, id from pass', [old]);
    const next = keysOf({ use: 'pass', from: seconds() - 60 }, { use: 'status', from: seconds() - 60 });
    const signing = async (pageSize: number): Promise<number> => {
      let signed = 0;
      for await (const count of reissueBatch(serve(1_000_000, next), { kid: old, pageSize })) signed += count;
      return signed;
    };
    const counts = await Promise.all([40, 50, 60, 70].map(signing));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(members);
    expect(await db.query('select count(*)::integer as n, count(distinct pass)::integer as passes from pass_credential where kid = $1', [next.kidOf('pass')])).toEqual([{ n: members, passes: members }]);
  }
});

test('phones\' passes of a key that goes to the emergency list are signed anew by themselves, once the key in use is another', async () => {
  const old = keys.kidOf('pass');
  await db.query(`insert into pass (id, pass_id, member_id, class, state, reason, organization_id, office_id, issued_at, holder, expires_at)
    select '31-' || id, decode(md5(id::text), 'hex'), id, 'PHONE', 'VALID', 'FIRST', $1, $1, $2, $3, $2::timestamptz + interval '50 days' from member limit 700`, [office, now, Buffer.from(keys.publicOf('pass'))]);
  await db.query('insert into pass_place (kid, status_index, pass) select $1, row_number() over (order by id) - 1, id from pass', [old]);
  const signedUnder = async (kid: string): Promise<number> => (await db.query<{ n: number }>('select count(*)::integer as n from pass_credential where kid = $1', [kid]))[0]!.n;
  const next = keysOf({ use: 'pass', from: seconds() - 60 }, { use: 'status', from: seconds() - 60 });
  const both: HeldKeys = { ...next, list: async () => [...await keys.list(), ...await next.list()] };
  const log = createLog('reissuing', { level: 'silent' });
  const stolen = ['0123456789abcdef'];
  // Two replicas, of which the first still has the stolen key alone.
  const running = [startReissuing(serve(5_000), { compromised: () => stolen, log, everyMs: 20 }), startReissuing(serve(5_000, both), { compromised: () => stolen, log, everyMs: 20 })];
  try {
    await delay(200);
    expect(await signedUnder(next.kidOf('pass'))).toBe(0);
    stolen.push(old);
    for (const end = Date.now() + 10_000; (await signedUnder(next.kidOf('pass'))) < 700 && Date.now() < end;) await delay(50);
    await delay(200);
  } finally {
    await Promise.all(running.map((one) => one.stop()));
  }
  expect([await signedUnder(next.kidOf('pass')), await signedUnder(old)]).toEqual([700, 0]);
});

test('the list of a million passes of which one in a hundred is revoked says what the register says, in at most 20 KiB', async () => {
  // Places of a million passes stand for themselves here: what makes the list is how many are marked among how many.
  const kid = keys.kidOf('pass');
  await db.query(`insert into pass (id, pass_id, member_id, class, state, reason, organization_id, office_id, issued_at, revoked_at, revoked_for)
    select '31-' || n, decode(md5(n::text), 'hex'), (select id from member limit 1), 'PHONE', 'REVOKED', 'FIRST', $1, $1, $2, $2, 'LOST' from generate_series(1, 10000) n`, [office, now]);
  const marked = new Set<number>();
  while (marked.size < 10_000) marked.add(randomInt(1_000_000));
  await db.query(`insert into pass_place (kid, status_index, pass, status) select $1, i, '31-' || n, case when n % 10 = 0 then 2 else 1 end from unnest($2::integer[]) with ordinality as t (i, n)`, [kid, [...marked]]);
  await db.query('analyze pass_place');
  const token = new Uint8Array((await createStatusPublisher(serve(1_000_000)).status(kid))!);
  const bytes = statusBytes(1_000_000);
  [...marked].forEach((index, i) => { setStatus(bytes, index, (i + 1) % 10 === 0 ? 'suspended' : 'revoked'); });
  const list = await openStatusList(token, { trust: await trustOf(keys, '31', seconds()) });
  expect(Buffer.compare(list.bytes, bytes)).toBe(0);
  expect(token.length).toBeLessThanOrEqual(20 * 1_024);
});

test('a list that says the same is given out as it is for five minutes, and one that changed within a second', async () => {
  const publisher = createStatusPublisher(services);
  const kid = keys.kidOf('pass');
  const first = await publisher.status(kid);
  now = new Date(now.getTime() + 4 * 60_000);
  expect(await publisher.status(kid)).toBe(first);
  const [{ id }] = await all(issueBatch(services, { organizationId: office })) as [IssuedSheet];
  now = new Date(now.getTime() + 1_000);
  expect(await publisher.status(kid)).toBe(first);
  await db.query(`update pass set state = 'REVOKED', revoked_at = $2, revoked_for = 'LOST' where id = $1`, [id, now]);
  now = new Date(now.getTime() + 1_000);
  const changed = await publisher.status(kid);
  expect(changed).not.toEqual(first);
  now = new Date(now.getTime() + 5 * 60_000);
  expect(await publisher.status(kid)).not.toEqual(changed);
  expect(await publisher.status(keys.kidOf('status'))).toBeUndefined();
});

test('a status key put in for a stolen one signs from the moment that the trust list names it, and until then the old one', async () => {
  const next = keysOf({ use: 'status', from: seconds() });
  const both: PassKeys = { list: async () => [...await keys.list(), ...await next.list()], sign: (kid, bytes) => (kid === next.kidOf('status') ? next : keys).sign(kid, bytes) };
  const [before, after] = [await trustOf(keys, '31', seconds()), await trustOf(both, '31', seconds())];
  let trust: TrustedKeys = before;
  const publisher = createStatusPublisher({ ...services, passes: { places: 5_000, keys: keysUnder(both, () => trust) } });
  const list = async (): Promise<Uint8Array> => (await publisher.status(keys.kidOf('pass')))!;
  expect((await openStatusList(await list(), { trust: before })).kid).toBe(keys.kidOf('pass'));
  trust = { find: (kid) => after.find(kid), isCompromised: (kid) => kid === keys.kidOf('status') };
  now = new Date(now.getTime() + 1_000);
  expect((await openStatusList(await list(), { trust })).kid).toBe(keys.kidOf('pass'));
});

test('replicas sign what did not change at the same moments', async () => {
  const replicas = [createStatusPublisher(services), createStatusPublisher(services)];
  const trust = await trustOf(keys, '31', seconds());
  const madeAt = async (): Promise<number[]> => {
    const made: number[] = [];
    for (const replica of replicas) {
      now = new Date(now.getTime() + 2_000);
      made.push((await openStatusList((await replica.status(keys.kidOf('pass')))!, { trust })).issuedAt - Date.parse('2026-05-01T08:00:00Z') / 1000);
    }
    return made;
  };
  expect(await madeAt()).toEqual([2, 4]);
  now = new Date(now.getTime() + 5 * 60_000);
  expect(await madeAt()).toEqual([300, 300]);
});
