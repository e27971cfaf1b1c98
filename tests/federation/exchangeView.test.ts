import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase } from '@delta/runtime/db/database';
import { openDatabase } from '@delta/runtime/db/dataSource';
import { bareKeys, eventTypes, sendEvents, subjectSeals, type EventType } from '@delta/runtime/exchange/index';
import { until } from '../support/exchangeOwners.js';
import { startTestZone, type Answer, type TestZone } from '../support/zone.js';

let zone: TestZone;
beforeAll(async () => { zone = await startTestZone({ members: 20, zoneEnv: { DELTA_AUDIT_CHECKPOINT_SECONDS: '1' }, provinceEnv: { DELTA_AUDIT_CHECKPOINT_SECONDS: '1' } }); });
afterAll(async () => { await zone?.close(); });

interface PeerData {
  readonly code: string; readonly state: string; readonly haltedFor: string | null; readonly sent: number; readonly confirmed: number; readonly lag: number; readonly oldestUndelivered: string | null;
  readonly lastReceipt: string | null; readonly received: number; readonly lastReceived: string | null; readonly parked: number;
}
interface ParkedData { readonly peer: string; readonly seq: number; readonly type: string; readonly version: number; readonly reason: string; readonly writtenAt: string; readonly receivedAt: string }
interface ParkedPage { readonly edges: readonly { readonly cursor: string; readonly node: ParkedData }[]; readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null } }
interface Seen { readonly shanghai: { readonly exchange: { readonly peers: readonly PeerData[]; readonly parked: ParkedPage; readonly refusals: readonly { readonly peer: string; readonly side: string; readonly code: string; readonly count: number; readonly lastAt: string }[] } | null } | null }

const peerFields = 'code state haltedFor sent confirmed lag oldestUndelivered lastReceipt received lastReceived parked';
const document = `query Exchange($first: Int!, $after: String) { shanghai { exchange {
  peers { ${peerFields} }
  parked(first: $first, after: $after) { edges { cursor node { peer seq type version reason writtenAt receivedAt } } pageInfo { hasNextPage endCursor } }
  refusals { peer side code count lastAt } } } }`;

const root = (role: 'organization_administrator' | 'province_auditor' = 'organization_administrator') => zone.token({ role, organization: zone.anchors('shanghai').rootOrganizationId });
const look = async (token: string, variables: object = {}): Promise<Answer<Seen>> => zone.ask<Seen>(document, { first: 100, ...variables }, token);
const seen = async (variables: object = {}) => {
  const { data, errors } = await look(await root(), variables);
  expect(errors).toBeUndefined();
  return data.shanghai!.exchange!;
};
const peer = async (code: string): Promise<PeerData> => (await seen()).peers.find((each) => each.code === code)!;
const act = async <Outcome>(name: string, input: object, token?: string): Promise<Answer<{ shanghai: Record<string, Outcome | null> | null }>> => {
  const type = `${name[0]!.toUpperCase()}${name.slice(1)}Input`;
  const outcome = name === 'reopenStream' ? 'lost renumbered' : 'applied parked';
  return zone.ask(`mutation($input: ${type}!) { shanghai { ${name}(input: $input) { ${outcome} peer { ${peerFields} } } } }`, { input }, token ?? await root());
};
const codes = ({ errors }: Answer<unknown>): (string | undefined)[] => (errors ?? []).map(({ extensions }) => extensions.code);
/** Something that is audited, and so moves a chain whose head is told to all others. */
const audited = async (province = 'shanghai'): Promise<void> => {
  const refused = await zone.ask(`{ ${province} { exchange { peers { code } } } }`, {}, await zone.token({ province }));
  expect(codes(refused)).toEqual(['FORBIDDEN']);
};
const acts = () => zone.rows<{ act: string; peer: string; seq: number | null; reason: string; kind: string; why: string; role: string; member: string | null }>('shanghai', `
  select x.act, x.peer, x.seq::integer, x.reason, e.kind, e.reason as why, e.viewer_role as role, e.member_id as member
    from exchange_act x left join audit_entry e on e.reference = x.id order by x.at`);

/** Jiangsu tells Shanghai what only Jiangsu knows, as a province does that was upgraded first. */
async function tellUnheard(count: number): Promise<void> {
  const unheard: EventType = { type: 'note.unheard', version: 1, personal: false, parse: (data) => data, apply: async () => undefined };
  const url = zone.databaseUrl('jiangsu');
  const db = createDatabase(await openDatabase({ url, entities: [], migrations: [], applicationName: 'tests', poolSize: 2, statementTimeoutMs: 5_000 }), 'PROVINCE_UNAVAILABLE');
  const events = Array.from({ length: count }, (_, i) => ({ to: 'shanghai', type: unheard.type, version: 1, subject: `subject-${i}`, data: { secret: 'what an event says' } }));
  await db.transaction((within) => sendEvents(within, { types: eventTypes([unheard]), seals: subjectSeals(bareKeys) }, events, new Date()));
  await db.close();
}

describe('the exchange', () => {
  it('shows the root\'s administrator and auditor every peer, with how far both streams have come', async () => {
    // The zone has recorded nothing, so it has told nothing.
    const hasTold = ({ code, sent, received }: PeerData): boolean => sent > 0 && (received > 0 || code === 'zone');
    let now = await seen();
    await until(async () => {
      // A head is told to whom the list of peers names by then, and signed when the chain has moved.
      if (now.peers.length < 4 || !now.peers.every(hasTold)) for (const province of ['shanghai', 'jiangsu', 'zhejiang', 'anhui']) await audited(province);
      await delay(500);
      now = await seen();
      return now.peers.length === 4 && now.peers.every((each) => hasTold(each) && each.state === 'OPEN' && each.lag === 0);
    }, 'quiet streams to all peers');
    const { peers, parked } = now;
    expect(peers.map(({ code }) => code)).toEqual(['32', '33', '34', 'zone']);
    for (const each of peers) {
      expect(each).toMatchObject({ state: 'OPEN', haltedFor: null, lag: 0, oldestUndelivered: null, parked: 0 });
      expect(each.sent).toBeGreaterThan(0);
      expect(each.confirmed).toBe(each.sent);
      expect(Math.abs(Date.now() - Date.parse(each.lastReceipt!))).toBeLessThan(60_000);
      if (each.code !== 'zone') expect(Math.abs(Date.now() - Date.parse(each.lastReceived!))).toBeLessThan(60_000);
    }
    expect(parked).toEqual({ edges: [], pageInfo: { hasNextPage: false, endCursor: null } });
    expect(codes(await look(await root('province_auditor')))).toEqual([]);
  });

  it('shows what was refused, by code', async () => {
    // Of strangers one a second is recorded, and while the lists of peers were on their way everybody was one.
    await delay(1_100);
    const refused = await fetch(new URL('/exchange', zone.urls['shanghai']), { method: 'POST', body: 'nobody e30.e30.e30\n{}', headers: { 'content-type': 'application/json' } });
    expect(refused.status).toBe(401);
    const isIt = ({ peer: from, code }: { peer: string; code: string }): boolean => from === 'unproven' && code === 'SIGNATURE_INVALID';
    expect((await seen()).refusals.filter(isIt)).toEqual([{ peer: 'unproven', side: 'RECEIVED', code: 'SIGNATURE_INVALID', count: 1, lastAt: expect.any(String) }]);
    const text = await (await fetch(new URL('/metrics', zone.urls['shanghai']))).text();
    expect(text).toContain('delta_exchange_refusals_total{peer="unproven",side="RECEIVED",code="SIGNATURE_INVALID"} 1');
  });

  it('shows nobody else anything, and lets nobody else do anything', async () => {
    const town = zone.anchors('shanghai').clerkOrganizationId;
    const root31 = zone.anchors('shanghai').rootOrganizationId;
    const forbidden = [
      await zone.token({ role: 'organization_administrator', organization: town }), await zone.token({ role: 'province_auditor', organization: town }),
      await zone.token({ role: 'station_clerk', organization: root31 }), await zone.token({ role: 'branch_secretary', organization: root31 }), await zone.token({ role: 'grid_worker', organization: root31 }),
      await zone.token({ role: 'member' }),
    ];
    const settling = { peer: '32', seq: 1, reason: 'because' };
    for (const token of forbidden) {
      const answer = await look(token);
      expect([codes(answer), answer.data.shanghai?.exchange ?? null]).toEqual([['FORBIDDEN'], null]);
      for (const name of ['replayParkedEvent', 'discardParkedEvent']) expect(codes(await act(name, settling, token))).toEqual(['FORBIDDEN']);
      expect(codes(await act('reopenStream', { peer: '32', reason: 'because' }, token))).toEqual(['FORBIDDEN']);
    }
    const auditor = await root('province_auditor');
    for (const name of ['replayParkedEvent', 'discardParkedEvent']) expect(codes(await act(name, settling, auditor))).toEqual(['FORBIDDEN']);
    const neighbour = await zone.token({ role: 'organization_administrator', province: 'jiangsu', organization: zone.anchors('jiangsu').rootOrganizationId });
    for (const token of [neighbour, await zone.token({ role: 'zone_operator' })]) {
      expect(codes(await look(token))).toEqual(['OUT_OF_SCOPE']);
      expect(codes(await act('discardParkedEvent', settling, token))).toEqual(['OUT_OF_SCOPE']);
    }
    expect(codes(await zone.ask(document, { first: 1 }))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await look(await zone.token({ role: 'dashboard' })))).toEqual(['DOCUMENT_NOT_REGISTERED']);
    expect(await acts()).toEqual([]);
  });

  it('shows how events wait for a peer that was stopped, and that they are through when it is back', async () => {
    await zone.stop('anhui');
    await audited();
    // It counts as soon as it is written; its place it gets within moments.
    await until(async () => (await peer('34')).sent > (await peer('34')).confirmed, 'events that wait');
    const waiting = await peer('34');
    expect(waiting.state).toBe('OPEN');
    expect(waiting.lag).toBeGreaterThan(0);
    expect(waiting.sent).toBeGreaterThan(waiting.confirmed);
    expect(Date.now() - Date.parse(waiting.oldestUndelivered!)).toBeLessThan(30_000);
    await until(async () => (await peer('32')).lag === 0, 'an empty queue for whom is there');
    // Scrapes within a second share one look.
    const measured = async (): Promise<string> => (await fetch(new URL('/metrics', zone.urls['shanghai']))).text();
    await until(async () => /delta_exchange_waiting_events\{peer="anhui"\} [1-9]/.test(await measured()), 'waiting events in the metrics');
    const text = await measured();
    expect(text).toMatch(/delta_exchange_oldest_undelivered_seconds\{peer="anhui"\} [0-9.]*[1-9]/);
    expect(text).toMatch(/delta_exchange_halted\{peer="anhui"\} 0/);
    await zone.restart('anhui');
    await until(async () => (await peer('34')).lag === 0, 'an empty queue');
    expect((await peer('34')).confirmed).toBeGreaterThan(waiting.confirmed);
  }, 60_000);
});

describe('a parked event', () => {
  it('is shown by peer, place, type and reason, never by whom it is about or what it says, a page at a time', async () => {
    await tellUnheard(5);
    await until(async () => (await peer('32')).parked === 5, 'five parked events');
    const all = (await seen()).parked.edges;
    expect(all.map(({ node }) => node)).toMatchObject(Array.from({ length: 5 }, () => ({ peer: '32', type: 'note.unheard', version: 1, reason: 'UNKNOWN_TYPE' })));
    expect(all.map(({ node: { seq } }) => seq)).toEqual(Array.from({ length: 5 }, (_, i) => all[0]!.node.seq + i));
    const pages: string[] = [];
    for (let after: string | null = null; ;) {
      const { edges, pageInfo }: ParkedPage = (await seen({ first: 2, after })).parked;
      pages.push(edges.map(({ node }) => node.seq).join());
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(pages.join()).toBe(all.map(({ node }) => node.seq).join());
    expect(pages).toHaveLength(3);
    expect((await look(await root())).text).not.toMatch(/subject-|what an event says/);
    const measured = async (): Promise<string> => (await fetch(new URL('/metrics', zone.urls['shanghai']))).text();
    await until(async () => (await measured()).includes('delta_exchange_parked_events{peer="jiangsu"} 5'), 'parked events in the metrics');
    expect(await measured()).not.toMatch(/subject-/);
  });

  it('is not paged by a size out of bounds or a cursor that is not of this list', async () => {
    const token = await root();
    const { endCursor } = (await seen({ first: 1 })).parked.pageInfo;
    for (const first of [0, 101]) expect(codes(await look(token, { first }))).toEqual(['PAGE_SIZE']);
    expect(codes(await look(token, { first: 1, after: `${endCursor!.slice(0, -2)}${endCursor!.endsWith('A') ? 'B' : 'A'}A` }))).toEqual(['CURSOR_TAMPERED']);
    expect(codes(await look(token, { first: 1, after: 'x' }))).toEqual(['CURSOR_MALFORMED']);
  });

  it('stays parked when it is tried again too early, and is given up for a reason; both are recorded with who did it', async () => {
    const [first, second] = (await seen()).parked.edges.map(({ node }) => node);
    const early = await act('replayParkedEvent', { peer: '32', seq: first!.seq, reason: '  以为已升级 ' });
    expect(early.errors).toBeUndefined();
    expect(early.data.shanghai!['replayParkedEvent']).toMatchObject({ applied: 0, parked: 1, peer: { code: '32', parked: 5 } });
    const given = await act('discardParkedEvent', { peer: '32', seq: first!.seq, reason: '误发，双方确认放弃' });
    expect(given.data.shanghai!['discardParkedEvent']).toMatchObject({ applied: 0, parked: 0, peer: { code: '32', parked: 4 } });
    expect(await acts()).toEqual([
      { act: 'REPLAYED', peer: 'jiangsu', seq: first!.seq, reason: '以为已升级', kind: 'EXCHANGE', why: 'REPLAYED', role: 'organization_administrator', member: null },
      { act: 'DISCARDED', peer: 'jiangsu', seq: first!.seq, reason: '误发，双方确认放弃', kind: 'EXCHANGE', why: 'DISCARDED', role: 'organization_administrator', member: null },
    ]);
    const service = new URL(zone.databaseUrl('shanghai')).username;
    expect(await zone.rows('shanghai', `select p, has_table_privilege($1, 'exchange_act', p) as has from unnest(array['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p`, [service]))
      .toEqual([{ p: 'INSERT', has: true }, ...['UPDATE', 'DELETE', 'TRUNCATE'].map((p) => ({ p, has: false }))]);
    expect(await zone.rows('shanghai', 'select state, reason from exchange_inbox where peer = $1 and seq = $2', ['jiangsu', first!.seq])).toEqual([{ state: 'DISCARDED', reason: '误发，双方确认放弃' }]);
    expect(codes(await act('discardParkedEvent', { peer: '32', seq: first!.seq, reason: 'again' }))).toEqual(['NOT_FOUND']);
    expect((await seen()).parked.edges[0]!.node.seq).toBe(second!.seq);
  });

  it('is replayed, with those behind it, after its cause was mended', async () => {
    const role = new URL(zone.databaseUrl('shanghai')).username;
    await zone.rows('shanghai', `revoke insert on audit_witness from ${role}`);
    const parkedOfZhejiang = async () => (await seen()).parked.edges.map(({ node }) => node).filter((node) => node.peer === '33');
    await audited('zhejiang');
    await until(async () => (await parkedOfZhejiang()).length > 0, 'a checkpoint that could not be kept');
    const [first] = await parkedOfZhejiang();
    expect(first).toMatchObject({ type: 'audit.checkpoint', reason: 'EFFECT_FAILED' });
    const kept = () => zone.rows<{ n: number }>('shanghai', `select count(*)::int as n from audit_witness where owner = 'zhejiang'`);
    const [before] = await kept();
    await zone.rows('shanghai', `grant insert on audit_witness to ${role}`);
    const replayed = await act<{ applied: number; parked: number; peer: PeerData }>('replayParkedEvent', { peer: '33', seq: first!.seq, reason: '权限已恢复' });
    expect(replayed.errors).toBeUndefined();
    const outcome = replayed.data.shanghai!['replayParkedEvent']!;
    expect(outcome).toMatchObject({ parked: 0, peer: { code: '33', parked: 0 } });
    expect(outcome.applied).toBeGreaterThan(0);
    expect((await kept())[0]!.n).toBeGreaterThanOrEqual(before!.n + outcome.applied);
  });

  it.each([['no', ' '], ['too long a', 'a'.repeat(201)], ['a person\'s number for a', '349999197511148373']])('is left alone for %s reason', async (_, reason) => {
    const [first] = (await seen()).parked.edges.map(({ node }) => node);
    const before = await acts();
    for (const name of ['replayParkedEvent', 'discardParkedEvent']) expect(codes(await act(name, { peer: '32', seq: first!.seq, reason }))).toEqual(['REASON_INVALID']);
    expect(codes(await act('reopenStream', { peer: '32', reason }))).toEqual(['REASON_INVALID']);
    expect(await acts()).toEqual(before);
  });

  it('is not found under a peer or place that nobody has', async () => {
    for (const where of [{ peer: '32', seq: 1_000_000 }, { peer: '99', seq: 1 }, { peer: 'jiangsu', seq: 1 }, { peer: '32', seq: -1 }]) {
      expect(codes(await act('replayParkedEvent', { ...where, reason: 'because' }))).toEqual(['NOT_FOUND']);
    }
  });
});

describe('a halted stream', () => {
  it('is reopened behind its gap by who accepts the loss alone, and recorded as that', async () => {
    expect(codes(await act('reopenStream', { peer: '32', reason: 'because' }))).toEqual(['STREAM_NOT_HALTED']);
    expect(codes(await act('reopenStream', { peer: '99', reason: 'because' }))).toEqual(['NOT_FOUND']);
    // As if Jiangsu had been restored from a backup older than anything that Shanghai keeps.
    // In one transaction and under the stream's lock, as a receiver does it: nothing may arrive between the two.
    await zone.rows('jiangsu', `select 1 from exchange_stream where peer = 'shanghai' and direction = 'IN' for update;
      delete from exchange_inbox where peer = 'shanghai'; delete from exchange_stream where peer = 'shanghai' and direction = 'IN'`);
    await zone.rows('shanghai', `delete from exchange_log where peer = 'jiangsu' and seq = 1`);
    await audited();
    await until(async () => (await peer('32')).state === 'HALTED', 'a halted stream');
    expect(await peer('32')).toMatchObject({ haltedFor: 'EXCHANGE_TRIMMED', confirmed: 0 });
    expect(codes(await act('reopenStream', { peer: '32', reason: '对方已恢复' }))).toEqual(['EXCHANGE_TRIMMED']);
    const reopened = await act<{ lost: number; renumbered: number; peer: PeerData }>('reopenStream', { peer: '32', reason: '双方确认缺失一条', acceptLoss: true });
    expect(reopened.errors).toBeUndefined();
    expect(reopened.data.shanghai!['reopenStream']).toMatchObject({ lost: 1, peer: { code: '32', state: 'OPEN', haltedFor: null } });
    await until(async () => (await peer('32')).lag === 0, 'what was kept, told again');
    expect((await acts()).at(-1)).toMatchObject({ act: 'LOSS_ACCEPTED', peer: 'jiangsu', seq: null, reason: '双方确认缺失一条', kind: 'EXCHANGE', why: 'LOSS_ACCEPTED', role: 'organization_administrator' });
    expect((await acts()).filter(({ act: what }) => what === 'REOPENED' || what === 'LOSS_ACCEPTED')).toHaveLength(1);
  }, 60_000);
});
