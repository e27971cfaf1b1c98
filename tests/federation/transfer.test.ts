import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase } from '@delta/runtime/db/database';
import { openDatabase } from '@delta/runtime/db/dataSource';
import { shredMember } from '@delta/runtime/member/index';
import pg from 'pg';
import { until } from '../support/exchangeOwners.js';
import { startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone(); });
afterAll(async () => { await zone?.close(); });

interface Transfer { readonly id: string; readonly state: string; readonly declinedFor: string | null; readonly fromOrganization: { readonly id: string }; readonly toOrganization: { readonly id: string; readonly name: string } | null }

const fields = 'id state declinedFor openedAt settledAt fromOrganization { id } toOrganization { id name }';
const secretary = (slug: string, more: object = {}): Promise<string> => zone.token({ role: 'branch_secretary', province: slug, subject: `secretary-of-${slug}`, ...more });

async function transfer(from: string, memberId: string, organizationId: string, { clientKey = randomUUID(), token }: { readonly clientKey?: string; readonly token?: string } = {}) {
  const { data, errors } = await zone.ask<Record<string, { transferOwnership: { transfer: Transfer } | null }>>(
    `mutation($input: TransferOwnershipInput!) { ${from} { transferOwnership(input: $input) { transfer { ${fields} } } } }`, { input: { memberId, organizationId, clientKey } }, token ?? await secretary(from));
  return { transfer: data[from]?.transferOwnership?.transfer, code: errors?.[0]?.extensions.code };
}
const transfers = async (slug: string): Promise<Transfer[]> => {
  const { data } = await zone.ask<Record<string, { ownershipTransfers: { edges: { node: Transfer }[] } }>>(`{ ${slug} { ownershipTransfers(first: 20) { edges { node { ${fields} } } } } }`, {}, await secretary(slug));
  return data[slug]!.ownershipTransfers.edges.map(({ node }) => node);
};
const settled = (slug: string, id: string): Promise<Transfer> => until(async () => (await transfers(slug)).some((each) => each.id === id && each.state !== 'SENT'), `${id} is settled`).then(async () => (await transfers(slug)).find((each) => each.id === id)!);
const inDirectory = async (memberId: string): Promise<{ province: string; version: number } | undefined> =>
  (await zone.rows<{ province: string; version: number }>('zone', 'select province, ownership_version as version from directory_entry where member_id = $1', [memberId]))[0];
const directorySays = (memberId: string, province: string, version: number): Promise<void> => until(async () => {
  const entry = await inDirectory(memberId);
  return entry?.province === province && entry.version === version;
}, `the directory says ${province}, version ${version}`);
/** A secretary of the province's root organisation, whose scope holds everybody. */
const ofRoot = async (slug: string): Promise<string> => secretary(slug, { organization: (await zone.rows<{ id: string }>(slug, 'select id from organization where parent_id is null limit 1'))[0]!.id });
const officeOf = (slug: string): string => zone.anchors(slug).clerkOrganizationId;

describe('a member who moves to another province', () => {
  it('keeps the id, is held there with everything, and found there by everybody', async () => {
    const person = zone.anchors('anhui').people[0];
    const before = await zone.rows('anhui', 'select gender, joined_on, probationary, affiliation, name, blind_index from member where id = $1', [person.id]);
    const { transfer: sent, code } = await transfer('anhui', person.id, officeOf('jiangsu'));
    expect(code).toBeUndefined();
    expect(sent).toMatchObject({ state: 'SENT', fromOrganization: {}, toOrganization: { id: officeOf('jiangsu') } });
    expect(await settled('anhui', sent!.id)).toMatchObject({ state: 'RECEIVED', declinedFor: null });
    await directorySays(person.id, 'jiangsu', 2);
    expect(await zone.rows('jiangsu', 'select gender, joined_on, probationary, affiliation, name, blind_index from member where id = $1', [person.id])).toEqual(before);

    const { data, errors } = await zone.ask<{ zhejiang: { openLookup: { lookup: { member: object } } } }>(
      'mutation($input: OpenLookupInput!) { zhejiang { openLookup(input: $input) { lookup { member { __typename id idNumberMasked homeOrganization { id } } } } } }',
      { input: { idNumber: person.idNumber, purpose: 'CHECK_IN', clientKey: randomUUID() } }, await zone.token({ province: 'zhejiang' }));
    expect(errors).toBeUndefined();
    expect(data.zhejiang.openLookup.lookup.member).toMatchObject({ __typename: 'JiangsuMember', id: person.id, idNumberMasked: expect.stringMatching(/\d{3}[\dX]$/), homeOrganization: { id: officeOf('jiangsu') } });
  });

  it('leaves a tombstone without anything of the person, which says to whom it may that the member has moved', async () => {
    const { id } = zone.anchors('anhui').people[0];
    const [left] = await zone.rows<Record<string, unknown>>('anhui', 'select * from member where id = $1', [id]);
    expect(Object.entries(left!).filter(([, value]) => value !== null).map(([name]) => name).sort()).toEqual(['id', 'moved_to', 'ownership_version', 'registered_at', 'releases', 'shredded_at']);
    expect(left).toMatchObject({ moved_to: 'jiangsu', ownership_version: 2 });
    const ask = async (token: string): Promise<unknown> => (await zone.ask('query($id: ID!) { member(id: $id) { id } }', { id }, token)).errors?.[0]?.extensions.code;
    expect(await ask(await secretary('anhui'))).toBe('MEMBER_MOVED');
    expect(await ask(await zone.token({ role: 'member', province: 'anhui', member: id }))).toBe('MEMBER_MOVED');
    const elsewhere = (await zone.rows<{ id: string }>('anhui', 'select id from organization where not $1 = any(path) and not id = any((select path from organization where id = $1)::text[]) limit 1', [officeOf('anhui')]))[0]!.id;
    expect(await ask(await secretary('anhui', { organization: elsewhere }))).toBe('NOT_DISCLOSED');
    expect((await transfer('anhui', id, officeOf('zhejiang'))).code).toBe('MEMBER_MOVED');
  });

  it('sees the looks of before at the new owner as well', async () => {
    const person = zone.anchors('anhui').people[1];
    const { data } = await zone.ask<{ shanghai: { openLookup: { lookup: { member: { id: string } } } } }>('mutation($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { member { id } } } } }',
      { input: { idNumber: person.idNumber, purpose: 'CHECK_IN', clientKey: randomUUID() } }, await zone.token());
    expect(data.shanghai.openLookup.lookup.member.id).toBe(person.id);
    await settled('anhui', (await transfer('anhui', person.id, officeOf('zhejiang'))).transfer!.id);
    const { data: log } = await zone.ask<{ viewer: { member: { accessLog: { edges: { node: { recordedBy: string; outcome: string } }[] } } } }>(
      '{ viewer { member { accessLog(first: 20) { edges { node { recordedBy outcome } } } } } }', {}, await zone.token({ role: 'member', province: 'zhejiang', member: person.id }));
    expect(log.viewer.member.accessLog.edges.map(({ node }) => node)).toContainEqual({ recordedBy: '34', outcome: 'DISCLOSED' });
  });

  it('goes on, and comes back, under ever higher versions', async () => {
    const { id } = zone.anchors('anhui').people[0];
    await settled('jiangsu', (await transfer('jiangsu', id, officeOf('shanghai'))).transfer!.id);
    await directorySays(id, 'shanghai', 3);
    await settled('shanghai', (await transfer('shanghai', id, officeOf('anhui'))).transfer!.id);
    await directorySays(id, 'anhui', 4);
    expect(await zone.rows('anhui', 'select moved_to, shredded_at, ownership_version from member where id = $1', [id])).toEqual([{ moved_to: null, shredded_at: null, ownership_version: 4 }]);
    expect(await zone.rows('zone', 'select 1 from duplicate_claim')).toEqual([]);
  });

  it('is recorded by both provinces, and told of to nobody else', async () => {
    const { id } = zone.anchors('anhui').people[1];
    const entries = (slug: string): Promise<object[]> => zone.rows(slug, `select kind, reason, viewer_role from audit_entry where member_id = $1 and kind = 'TRANSFER' order by at`, [id]);
    expect(await entries('anhui')).toEqual([{ kind: 'TRANSFER', reason: 'SENT', viewer_role: 'branch_secretary' }, { kind: 'TRANSFER', reason: 'RECEIVED', viewer_role: null }]);
    expect(await entries('zhejiang')).toEqual([{ kind: 'TRANSFER', reason: 'ARRIVED', viewer_role: null }]);
    expect(await entries('jiangsu')).toEqual([]);
  });
});

describe('a member who moves on while owners are heard late', () => {
  /** What a peer tells an owner waits, as if the line between them were down. */
  async function hold(owner: string, peer: string): Promise<() => Promise<void>> {
    const client = new pg.Client({ connectionString: zone.databaseUrl(owner) });
    await client.connect();
    await client.query('begin');
    await client.query(`select 1 from exchange_stream where peer = $1 and direction = 'IN' for update`, [peer]);
    return async () => { await client.query('rollback'); await client.end(); };
  }

  it('is where the last one received the record, whoever the directory hears first', async () => {
    const [{ id }] = await zone.rows<{ id: string }>('anhui', 'select id from member where shredded_at is null and ownership_version = 1 order by id desc limit 1') as [{ id: string }];
    const held = [await hold('zone', 'anhui'), await hold('zone', 'jiangsu')];
    try {
      const first = await transfer('anhui', id, officeOf('jiangsu'), { token: await ofRoot('anhui') });
      expect(first.code).toBeUndefined();
      await until(async () => (await zone.rows('jiangsu', 'select 1 from member where id = $1', [id])).length > 0, 'jiangsu has it');
      expect((await transfer('jiangsu', id, officeOf('shanghai'))).code).toBeUndefined();
      await directorySays(id, 'shanghai', 3);
    } finally {
      for (const release of held) await release();
    }
    for (const owner of ['anhui', 'jiangsu']) await until(async () => (await zone.rows(owner, `select 1 from exchange_outbox where peer = 'zone'`)).length === 0, `${owner} has told the zone`);
    await until(async () => (await zone.rows<{ n: number }>('zone', `select count(*)::integer as n from exchange_inbox where subject = $1 and type = 'directory.entry'`, [id]))[0]!.n === 4, 'the zone has heard all');
    expect(await inDirectory(id)).toEqual({ province: 'shanghai', version: 3 });
    expect(await zone.rows('zone', `select 1 from duplicate_claim union all select 1 from exchange_inbox where state = 'PARKED'`)).toEqual([]);
  });

  it('is forgotten by everybody who ever held the record, when the last one shreds it', async () => {
    const [{ id }] = await zone.rows<{ id: string }>('shanghai', `select id from member where ownership_version = 3 and shredded_at is null order by id limit 1`) as [{ id: string }];
    const keys = async (owner: string): Promise<number> => (await zone.rows(owner, 'select 1 from exchange_key where subject = $1', [id])).length;
    for (const owner of ['anhui', 'jiangsu', 'shanghai', 'zone']) expect([owner, await keys(owner)]).toEqual([owner, 1]);
    const db = createDatabase(await openDatabase({ url: zone.databaseUrl('shanghai'), entities: [], migrations: [], applicationName: 'shred', poolSize: 2, statementTimeoutMs: 5_000 }), 'PROVINCE_UNAVAILABLE');
    await shredMember(db, id, 'REQUEST', new Date());
    await db.close();
    for (const owner of ['anhui', 'jiangsu', 'shanghai', 'zone']) await until(async () => (await keys(owner)) === 0, `${owner} has destroyed the key`);
    expect(await zone.rows('zone', 'select blind_index, province from directory_entry where member_id = $1', [id])).toEqual([{ blind_index: null, province: 'shanghai' }]);
  });
});

describe('a record that is not taken', () => {
  it('stays, readable as before, and can be given to another', async () => {
    const { id, idNumber } = zone.anchors('anhui').people[2];
    const { transfer: sent } = await transfer('anhui', id, '32-01890000-0000-7000-8000-000000000001', { token: await ofRoot('anhui') });
    await until(async () => (await zone.rows('anhui', `select 1 from ownership_transfer where id = $1 and state = 'DECLINED' and reason = 'UNKNOWN_ORGANIZATION'`, [sent!.id])).length > 0, 'it is declined');
    await directorySays(id, 'anhui', 3);
    const { errors } = await zone.ask('mutation($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { member { id } } } } }', { input: { idNumber, purpose: 'CHECK_IN', clientKey: randomUUID() } }, await zone.token());
    expect(errors).toBeUndefined();
    expect((await transfer('anhui', id, officeOf('jiangsu'), { token: await ofRoot('anhui') })).code).toBeUndefined();
    await directorySays(id, 'jiangsu', 4);
  });

  it('is one that the other province holds already, under another id', async () => {
    const [person] = await zone.rows<{ id: string; blind_index: string }>('zhejiang', 'select id, blind_index from member where shredded_at is null order by id desc limit 1');
    await zone.rows('jiangsu', `update member set blind_index = $1 where id = (select id from member where shredded_at is null order by id desc limit 1)`, [person!.blind_index]);
    const { transfer: sent, code } = await transfer('zhejiang', person!.id, officeOf('jiangsu'), { token: await ofRoot('zhejiang') });
    expect(code).toBeUndefined();
    await until(async () => (await zone.rows('zhejiang', `select 1 from ownership_transfer where id = $1 and state = 'DECLINED' and reason = 'ALREADY_HELD'`, [sent!.id])).length > 0, 'it is declined');
    expect(await zone.rows('zhejiang', 'select moved_to, ownership_version from member where id = $1', [person!.id])).toEqual([{ moved_to: null, ownership_version: 3 }]);
  });
});

describe('who asks for what cannot be', () => {
  let member: string;
  beforeAll(async () => { member = (await zone.rows<{ id: string }>('shanghai', 'select m.id from member m join organization o on o.id = m.home_organization_id where $1 = any(o.path) order by m.id limit 1', [officeOf('shanghai')]))[0]!.id; });
  const nothingSent = async (): Promise<void> => { expect(await zone.rows('shanghai', 'select 1 from ownership_transfer where member_id = $1', [member])).toEqual([]); };

  it('is refused by a code of its own, and nothing has begun', async () => {
    const codes = [
      (await transfer('shanghai', member, officeOf('shanghai'))).code,
      (await transfer('shanghai', member, '99-01890000-0000-7000-8000-000000000001')).code,
      (await transfer('shanghai', member, 'somewhere')).code,
      (await transfer('shanghai', 'somebody', officeOf('jiangsu'))).code,
      (await transfer('shanghai', '01890000-0000-7000-8000-000000000001', officeOf('jiangsu'))).code,
      (await transfer('shanghai', member, officeOf('jiangsu'), { clientKey: 'short' })).code,
      (await transfer('shanghai', member, officeOf('jiangsu'), { token: await zone.token() })).code,
      (await transfer('shanghai', member, officeOf('jiangsu'), { token: await zone.token({ role: 'member' }) })).code,
      (await transfer('shanghai', member, officeOf('jiangsu'), { token: await secretary('jiangsu') })).code,
    ];
    expect(codes).toEqual(['TRANSFER_DESTINATION', 'UNKNOWN_PROVINCE', 'MALFORMED_ID', 'MALFORMED_ID', 'NOT_DISCLOSED', 'CLIENT_KEY_INVALID', 'FORBIDDEN', 'FORBIDDEN', 'OUT_OF_SCOPE']);
    await nothingSent();
  });

  it('begins one transfer however often and by however many it is asked for at once', async () => {
    const clientKey = randomUUID();
    const once = await Promise.all(Array.from({ length: 4 }, () => transfer('shanghai', member, officeOf('jiangsu'), { clientKey })));
    expect(new Set(once.map(({ transfer: each }) => each?.id)).size).toBe(1);
    const others = await Promise.all(Array.from({ length: 3 }, () => transfer('shanghai', member, officeOf('zhejiang'))));
    for (const { code } of others) expect(['TRANSFER_UNDER_WAY', 'MEMBER_MOVED']).toContain(code);
    expect(await zone.rows('shanghai', 'select 1 from ownership_transfer where member_id = $1', [member])).toHaveLength(1);
    expect((await transfer('shanghai', member, officeOf('zhejiang'), { clientKey })).code).toBe('CLIENT_KEY_REUSED');
  });

  it('says to the second of two at once that another transfer is under way, also when both have waited for the record', async () => {
    const { id } = zone.anchors('zhejiang').people[2];
    const client = new pg.Client({ connectionString: zone.databaseUrl('zhejiang') });
    await client.connect();
    await client.query('begin');
    await client.query('select 1 from member where id = $1 for update', [id]);
    const token = await ofRoot('zhejiang');
    const both = [officeOf('jiangsu'), officeOf('shanghai')].map((to) => transfer('zhejiang', id, to, { token }));
    await until(async () => (await zone.rows('zhejiang', "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%member.lock%' and pid <> pg_backend_pid() and datname = current_database()")).length === 2, 'both wait');
    await client.query('rollback');
    await client.end();
    expect((await Promise.all(both)).map(({ code }) => code).sort()).toEqual(['TRANSFER_UNDER_WAY', undefined]);
  });
});
