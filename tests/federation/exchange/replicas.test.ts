import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { httpTransport, joinExchange, peersOf, sendEvents, signPeers, startExchange, type RunningExchange, type Transport } from '@delta/runtime/exchange/index';
import { backlog } from '@delta/runtime/exchange/deliver';
import { exchangeLimits } from '@delta/runtime/exchange/message';
import { sequence } from '@delta/runtime/exchange/sequence';
import { createSigner, createTrust, generateKeyPair } from '@delta/service/keys';
import { createMetrics } from '@delta/service/metrics';
import { startOwners, until, type Owner, type Owners } from '../../support/exchangeOwners.js';

let zone: Owners;
let [shanghai, jiangsu]: Owner[] = [];
const logged: string[] = [];
const running: RunningExchange[] = [];
let thaw: () => void = () => undefined;
beforeEach(async () => {
  logged.length = 0;
  zone = await startOwners((line) => logged.push(line));
  ({ shanghai, jiangsu } = zone.owners);
});
afterEach(async () => {
  thaw();
  await Promise.all(running.splice(0).map((exchange) => exchange.stop()));
  await zone.close();
});

/** A replica of Shanghai that tells Jiangsu, and what passes on its way. */
function replica(through: (ask: () => Promise<Buffer>, message: Buffer) => Promise<Buffer>, leaseMs = 5_000): RunningExchange {
  const peers = peersOf('shanghai', () => [{ name: 'jiangsu', url: jiangsu!.url }]);
  const http = httpTransport(peers);
  const transport: Transport = { ask: (peer, message) => through(() => http.ask(peer, message), message) };
  const exchange = startExchange({ ...shanghai!.services, transport }, { peers, pollMs: 10, greetMs: 60_000, leaseMs });
  running.push(exchange);
  return exchange;
}
const eventsOf = (message: Buffer): number => (JSON.parse(message.subarray(message.indexOf(10) + 1).toString()) as { events?: unknown[] }).events?.length ?? 0;
const arrived = (count: number): Promise<void> => until(async () => (await jiangsu!.rows<{ n: number }>('select count(*)::integer as n from arrived'))[0]!.n >= count, `${count} notes`);
const write = (count: number, first = 1): Promise<void> => shanghai!.services.db.transaction(async (within) => {
  await sendEvents(within, shanghai!.services, Array.from({ length: count }, (_, i) => ({ to: 'jiangsu', type: 'note.written', version: 1, subject: 'a', data: { n: first + i, text: '' } })), new Date());
});
const inOrder = async (count: number): Promise<void> => {
  expect((await jiangsu!.arrived('shanghai')).map(({ n }) => n)).toEqual(Array.from({ length: count }, (_, i) => i + 1));
  expect(logged.filter((line) => line.includes('"code":"EXCHANGE_'))).toEqual([]);
};

test('three replicas send each event once, and when the one that sends stops another goes on', async () => {
  const sent = [0, 0, 0];
  const replicas = sent.map((_, i) => replica((ask, message) => { sent[i]! += eventsOf(message); return ask(); }));
  for (let n = 1; n <= 60; n += 1) { await write(1, n); await delay(2); }
  await arrived(60);
  expect([...sent].sort((a, b) => a - b)).toEqual([0, 0, 60]);
  const sender = sent.indexOf(60);
  await replicas[sender]!.stop();
  await write(10, 61);
  await arrived(70);
  expect(sent[sender]).toBe(60);
  expect(sent.reduce((sum, n) => sum + n)).toBe(70);
  await inOrder(70);
});

test('a replica whose events are moved elsewhere moves none, and the one that moves them takes what both wrote', async () => {
  const keys = await generateKeyPair('zone');
  const folder = await mkdtemp(join(tmpdir(), 'delta-peers-'));
  const peersFile = join(folder, 'peers.jwt');
  await writeFile(peersFile, await signPeers(await createSigner(keys.privateKey), [{ name: 'jiangsu', url: jiangsu!.url }]));
  const trust = await createTrust({ keys: { zone: [keys.publicKey], jiangsu: [zone.keys['jiangsu']!.publicKey] } });
  const started = async (relay: 'here' | 'elsewhere'): Promise<void> => {
    running.push((await joinExchange({ ...shanghai!.services, trust, peersFile, relay, send: fetch, metrics: createMetrics('shanghai') })).start());
  };
  try {
    await started('elsewhere');
    await write(3);
    await delay(500);
    expect(await jiangsu!.arrived('shanghai')).toEqual([]);
    expect(await shanghai!.rows('select place from exchange_outbox')).toHaveLength(3);
    expect(logged.filter((line) => line.includes('DELTA_EXCHANGE_RELAY'))).toHaveLength(1);
    await started('here');
    await arrived(3);
    await inOrder(3);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the lease that a killed replica leaves behind runs out, and another serves its peer then and not before', async () => {
  const leaseMs = 900;
  await shanghai!.rows(`insert into exchange_lease (peer, holder, until) values ('jiangsu', $1, clock_timestamp() + $2 * interval '1 millisecond')`, [randomUUID(), leaseMs]);
  const left = performance.now();
  await write(3);
  replica((ask) => ask(), leaseMs);
  await arrived(3);
  const took = performance.now() - left;
  expect(took).toBeGreaterThan(leaseMs);
  // Others look twice in a lease.
  expect(took).toBeLessThan(leaseMs * 1.5 + 1_000);
  await inOrder(3);
});

test('a replica that was frozen past its lease and wakes up does no harm beside the one that took over', async () => {
  const frozen = new Promise<void>((resolve) => { thaw = resolve; });
  let held = 0;
  // The first holds a message back, as a process that is stopped in the middle of sending does, and its lease is gone meanwhile.
  replica(async (ask, message) => { if (eventsOf(message) > 0) { held += 1; await frozen; } return ask(); }, 600);
  await write(5);
  await until(async () => held > 0, 'a message that is held back');
  await shanghai!.rows('update exchange_lease set holder = $1, until = clock_timestamp()', [randomUUID()]);
  await delay(700);
  replica((ask) => ask());
  await arrived(5);
  await write(5, 6);
  await arrived(10);
  thaw();
  await write(5, 11);
  await arrived(15);
  expect(held).toBe(1);
  await inOrder(15);
});

test('a backlog goes in batches of which two are on their way at most, and in order', async () => {
  let [now, most] = [0, 0];
  await write(1_300);
  // All of it has its place: then the next batch is always there to be sent.
  while (await sequence(shanghai!.services, 'jiangsu') > 0);
  replica(async (ask) => { now += 1; most = Math.max(most, now); try { return await ask(); } finally { now -= 1; } });
  await arrived(1_300);
  expect(most).toBe(2);
  await inOrder(1_300);
});

test('a peer that is far behind gets small batches with pauses behind them, until the rest goes within seconds', async () => {
  const sent: { readonly events: number; readonly began: number; ended: number }[] = [];
  await write(backlog.from + 2 * backlog.batch);
  while (await sequence(shanghai!.services, 'jiangsu') > 0);
  replica(async (ask, message) => {
    const one = { events: eventsOf(message), began: performance.now(), ended: NaN };
    if (one.events > 0) sent.push(one);
    return ask().finally(() => { one.ended = performance.now(); });
  });
  await until(async () => sent.length > 2, 'three batches');
  expect(sent.slice(0, 3).map(({ events }) => events)).toEqual([backlog.batch, backlog.batch, exchangeLimits.events]);
  const [first, second] = sent as [(typeof sent)[number], (typeof sent)[number]];
  expect(second.began - first.ended).toBeGreaterThan(backlog.pause * (first.ended - first.began));
}, 60_000);

test('a batch that overtakes the one before it is sent again, and changes nothing', async () => {
  let messages = 0;
  await write(1_300);
  while (await sequence(shanghai!.services, 'jiangsu') > 0);
  replica(async (ask, message) => { if (eventsOf(message) > 0 && messages++ % 2 === 0) await delay(700); return ask(); });
  await arrived(1_300);
  expect(messages).toBeGreaterThan(3);
  await inOrder(1_300);
});
