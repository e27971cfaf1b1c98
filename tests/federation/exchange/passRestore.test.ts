import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCodeHasher } from '@delta/runtime/oneTimeCode/index';
import { sendEvents } from '@delta/runtime/exchange/index';
import { enrolPass } from '@delta/runtime/pass/enrolPass';
import { passEvents, type PassServices } from '@delta/runtime/pass/index';
import { issuePass } from '@delta/runtime/pass/issuePass';
import { revokePass } from '@delta/runtime/pass/revokePass';
import { suspendPass } from '@delta/runtime/pass/suspendPass';
import { markedPlaces, takePlaces } from '@delta/runtime/pass/store';
import { provinceBySlug } from '@delta/schema/provinces';
import type { Viewer } from '@delta/schema/viewer';
import { startOwners, until, type Owners } from '../../support/exchangeOwners.js';
import { keysInMemory } from '../../support/keysInMemory.js';
import { newPassSigner } from '../../support/passTrust.js';

/** A province that issues, two others, and its members' passes; all on real databases. */
const office = '31-01890000-0000-7000-8000-000000000001';
const member = (n: number): string => `01890000-0000-7000-8000-00000000010${n}`;
const viewer: Viewer = { issuer: 'test', subject: 'secretary', role: 'branch_secretary', province: '31', organization: office, member: null };
let owners: Owners;
let services: PassServices;
beforeAll(async () => {
  owners = await startOwners(undefined, { types: ({ now }) => passEvents(now) });
  const { shanghai, jiangsu, zhejiang } = owners.owners;
  const from = Math.floor(Date.now() / 1000) - 86_400;
  services = {
    db: shanghai.services.db, entry: provinceBySlug('shanghai')!, now: () => new Date(), codes: createCodeHasher({ current: 'v1', versions: ['v1'], key: () => Buffer.alloc(32, 7) }),
    passes: { keys: keysInMemory([{ use: 'pass', from }, { use: 'status', from }]), places: 5_000, paper: async () => new Uint8Array(), challengeKeys: () => [] },
    exchange: {
      peers: { list: async () => [{ name: 'zone', url: '' }, jiangsu, zhejiang], find: async () => undefined },
      tell: (within, events, at) => sendEvents(within, shanghai.services, events, at),
    },
  };
  await shanghai.rows(`insert into organization (id, name, kind, division_code, path, grams) values ($1, '示例', 'BRANCH', '310118', array[$1], '{}')`, [office]);
  await shanghai.rows(`insert into member (id, name, gender, affiliation, home_organization_id, data_key, blind_index, crypto_suite, key_version)
    select id::uuid, '王示例', 'MALE', 'HOME', $2, '\\x00', 'v1:' || id, 'aes', 'v1' from unnest($1::text[]) as m (id)`, [[1, 2, 3, 4].map(member), office]);
});
afterAll(async () => { await owners.close(); });

const request = () => ({ requestId: randomUUID(), viewer });
async function passOf(memberId: string): Promise<string> {
  const { pass, code } = await issuePass(services, viewer, request(), { memberId, clientKey: randomUUID() }, async () => null);
  await enrolPass(services, { requestId: randomUUID(), viewer: null }, { code: code!, holderKey: Buffer.from(newPassSigner().publicKey).toString('base64url'), clientKey: randomUUID() });
  return pass.id;
}
const revoke = (id: string) => revokePass(services, viewer, request(), { id, reason: 'MISUSED', clientKey: randomUUID() });
const run = () => Object.values(owners.owners).map((owner) => owner.run());

interface Place { readonly kid: string; readonly index: number }
const place = async (id: string): Promise<Place> => (await owners.owners.shanghai.rows<Place>('select kid, status_index as index from pass_place where pass = $1', [id]))[0]!;
const register = () => owners.owners.shanghai.rows('select id, state, revoked_for as why from pass order by id');
/** Revoked places of a list, in order. */
const revokedIn = async (kid: string): Promise<number[]> => {
  const bytes = (await markedPlaces(services.db, kid)).revoked;
  return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32BE(4 * i)).sort((a, b) => a - b);
};

test('what was revoked stays revoked when the province is restored from a backup of before, also a pass that the backup does not know', async () => {
  const { shanghai, jiangsu, zhejiang } = owners.owners;
  const known = await passOf(member(1));
  const suspended = await passOf(member(3));
  await suspendPass(services, viewer, request(), { id: suspended, reason: 'MISSING', clientKey: randomUUID() });
  const awaiting = await issuePass(services, viewer, request(), { memberId: member(4), clientKey: randomUUID() }, async () => null);
  // It was signed under another key before.
  const elsewhere = { kid: 'ffffffffffffffff', index: 7 };
  await shanghai.rows('insert into pass_place (kid, status_index, pass) values ($1, $2, $3)', [elsewhere.kid, elsewhere.index, suspended]);
  const backup = await shanghai.backup();
  const unknown = await passOf(member(2));
  const { kid } = await place(unknown);
  const [ofKnown, ofSuspended, ofUnknown] = await Promise.all([known, suspended, unknown].map(async (id) => (await shanghai.rows<Place>('select status_index as index from pass_place where pass = $1 and kid = $2', [id, kid]))[0]!.index)) as [number, number, number];
  let running = run();
  const revoked = [known, suspended, awaiting.pass.id, unknown];
  for (const id of revoked) await revoke(id);
  const told = (owner: typeof jiangsu) => owner.rows<{ subject: string; state: string; data: string }>(`select subject, state, convert_from(data, 'UTF8') as data from exchange_inbox where type = 'pass.revoked' order by seq`);
  for (const owner of [jiangsu, zhejiang]) await until(async () => (await told(owner)).length === 4, `${owner.name} is told`);
  // By its number and its places: nothing of the person, nor why.
  expect((await told(jiangsu)).map(({ data, ...row }) => ({ ...row, places: (JSON.parse(data) as { places: Place[] }).places }))).toEqual([
    [{ kid, index: ofKnown }], expect.arrayContaining([{ kid, index: ofSuspended }, elsewhere]), [], [{ kid, index: ofUnknown }],
  ].map((places, i) => ({ subject: revoked[i], state: 'APPLIED', places })));
  expect((await told(jiangsu)).map(({ data }) => Object.keys(JSON.parse(data) as object))).toEqual(revoked.map(() => ['places']));
  expect(await shanghai.rows(`select 1 from exchange_outbox where peer = 'zone'`)).toEqual([]);
  await Promise.all(running.map((one) => one.stop()));

  await shanghai.restore(backup);
  expect(await register()).toEqual([{ id: known, state: 'VALID', why: null }, { id: suspended, state: 'SUSPENDED', why: null }, { id: awaiting.pass.id, state: 'AWAITING_ENROLMENT', why: null }]);
  // Before anybody has said what was lost, somebody gets the place of a pass that is not known any more.
  const given = await passOf(member(2));
  await shanghai.rows('update pass_place set status_index = $2 where pass = $1', [given, ofUnknown]);
  running = run();
  // Who tells it first has it done, and the second changes nothing.
  await until(async () => (await shanghai.rows('select 1 from exchange_recovery')).length === 2, 'both have told it');
  expect(await revokedIn(kid)).toEqual([ofKnown, ofSuspended, ofUnknown].sort((a, b) => a - b));
  expect(await revokedIn(elsewhere.kid)).toEqual([elsewhere.index]);
  expect(await register()).toEqual([known, suspended, awaiting.pass.id, given].map((id) => ({ id, state: 'REVOKED', why: 'RECOVERED' })));
  expect(await shanghai.rows(`select member_id as "memberId", reference from audit_entry where reason = 'RECOVERED' order by reference`)).toEqual([[1, known], [3, suspended], [4, awaiting.pass.id], [2, given]].map(([n, reference]) => ({ memberId: member(n as number), reference })));
  await expect(enrolPass(services, { requestId: randomUUID(), viewer: null }, { code: awaiting.code!, holderKey: Buffer.from(newPassSigner().publicKey).toString('base64url'), clientKey: randomUUID() })).rejects.toMatchObject({ code: 'PASS_REVOKED' });
  await Promise.all(running.map((one) => one.stop()));
}, 60_000);

test('the place of a revoked pass that is not known any more is revoked in the list, and given to nobody', async () => {
  const { shanghai } = owners.owners;
  const next = await passOf(member(1));
  const { kid } = await place(next);
  await shanghai.rows('delete from pass_place where pass = $1', [next]);
  await shanghai.rows('insert into pass_ended_place (kid, status_index) values ($1, 4998)', [kid]);
  expect(await revokedIn(kid)).toContain(4_998);
  await services.db.transaction(async (within) => {
    expect(await takePlaces(within, kid, [next], [4_998])).toEqual([]);
    expect(await takePlaces(within, kid, [next], [4_998, 4_999])).toEqual([{ pass: next, index: 4_999 }]);
  });
});
