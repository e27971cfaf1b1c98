import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createCodeHasher } from '@delta/runtime/oneTimeCode/index';
import { sendEvents } from '@delta/runtime/exchange/index';
import { enrolPass } from '@delta/runtime/pass/enrolPass';
import { passEvents, type PassServices } from '@delta/runtime/pass/index';
import { issuePass } from '@delta/runtime/pass/issuePass';
import { revokePass } from '@delta/runtime/pass/revokePass';
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
    select id::uuid, '王示例', 'MALE', 'HOME', $2, '\\x00', 'v1:' || id, 'aes', 'v1' from unnest($1::text[]) as m (id)`, [[member(1), member(2)], office]);
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

test('what was revoked stays revoked when the province is restored from a backup of before, also a pass that the backup does not know', async () => {
  const { shanghai, jiangsu, zhejiang } = owners.owners;
  const known = await passOf(member(1));
  const backup = await shanghai.backup();
  const unknown = await passOf(member(2));
  const place = async (id: string) => (await shanghai.rows<{ kid: string; index: number }>('select kid, status_index as index from pass_place where pass = $1', [id]))[0]!;
  const places = [await place(known), await place(unknown)];
  let running = run();
  await revoke(known);
  await revoke(unknown);
  const told = (owner: typeof jiangsu) => owner.rows<{ subject: string; state: string; data: string }>(`select subject, state, convert_from(data, 'UTF8') as data from exchange_inbox where type = 'pass.revoked' order by seq`);
  for (const owner of [jiangsu, zhejiang]) await until(async () => (await told(owner)).length === 2, `${owner.name} is told`);
  // By its number and its place: nothing of the person, nor why.
  expect((await told(jiangsu)).map(({ data, ...row }) => ({ ...row, data: JSON.parse(data) as unknown }))).toEqual([known, unknown].map((subject, i) => ({ subject, state: 'APPLIED', data: { places: [places[i]] } })));
  expect(await shanghai.rows(`select 1 from exchange_outbox where peer = 'zone'`)).toEqual([]);
  await Promise.all(running.map((one) => one.stop()));

  await shanghai.restore(backup);
  const register = () => shanghai.rows('select id, state, revoked_for as why from pass order by id');
  expect(await register()).toEqual([{ id: known, state: 'VALID', why: null }]);
  running = run();
  const revoked = async (): Promise<number[]> => {
    const bytes = (await markedPlaces(shanghai.services.db, places[0]!.kid)).revoked;
    return Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readUInt32BE(4 * i));
  };
  const wanted = places.map(({ index }) => index).sort((a, b) => a - b);
  await until(async () => JSON.stringify((await revoked()).sort((a, b) => a - b)) === JSON.stringify(wanted), 'both places are revoked again');
  expect(await register()).toEqual([{ id: known, state: 'REVOKED', why: 'RECOVERED' }]);
  // Who tells it first has it done, and the second changes nothing.
  await until(async () => (await shanghai.rows('select 1 from exchange_recovery')).length === 2, 'both have told it');
  expect(await shanghai.rows(`select member_id as "memberId", reference from audit_entry where reason = 'RECOVERED'`)).toEqual([{ memberId: member(1), reference: known }]);
  // The place of a pass that nobody knows here any more is given to no other.
  const next = await passOf(member(2));
  await shanghai.rows('delete from pass_place where pass = $1', [next]);
  await services.db.transaction(async (within) => {
    expect(await takePlaces(within, places[1]!.kid, [next], [places[1]!.index])).toEqual([]);
    expect(await takePlaces(within, places[1]!.kid, [next], [places[1]!.index, 4_999])).toEqual([{ pass: next, index: 4_999 }]);
  });
  await Promise.all(running.map((one) => one.stop()));
}, 60_000);
