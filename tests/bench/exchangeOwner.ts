import { createTrust, type JWK, type TrustFile } from '@delta/service/keys';
import { sendEvents, type Peer } from '@delta/runtime/exchange/index';
import { startOwner, type Owner } from '../support/exchangeOwners.js';
import { joinBoss } from './bossOwner.js';
import { runFloor } from './floorOwner.js';

/** Where an owner answers, and its database. */
export interface Begun { readonly url: string; readonly database: Owner['database'] }

/** Who moves the events: the exchange, a job queue, or nothing but the statements and signatures that no exchange does without. */
export type Contender = 'exchange' | 'pg-boss' | 'floor';

/** What the bench tells one of its owners, and what comes back. */
export type Order =
  | { readonly do: 'begin'; readonly name: string; readonly key: JWK; readonly trust: TrustFile; readonly contender: Contender; readonly replicaOf?: Begun['database']; readonly receiver?: Begun['database'] }
  | { readonly do: 'meet'; readonly peers: readonly Peer[] }
  /** Business transactions, sixteen at a time: with the event that each tells of, or alone. */
  | { readonly do: 'write'; readonly first: number; readonly count: number; readonly tell: boolean }
  /** One event after another, each a moment after the last has been written. */
  | { readonly do: 'trickle'; readonly first: number; readonly count: number; readonly pauseMs: number }
  | { readonly do: 'move'; readonly run: boolean }
  | { readonly do: 'await'; readonly count: number }
  | { readonly do: 'arrivals' }
  /** Events alone, a thousand a transaction. */
  | { readonly do: 'fill'; readonly count: number }
  /** Business transactions with their events at a steady rate, from now until `perSecond` is 0. */
  | { readonly do: 'steady'; readonly perSecond: number }
  /** How many have arrived, how many were written steadily, and the process's memory in bytes. */
  | { readonly do: 'look' }
  | { readonly do: 'end' };

/** So many that both contenders are measured by what processors do, not by what a client waits for. */
const clients = 16;
/** What a service polls and greets by unless it is told otherwise. */
const defaults = { pollMs: 50, greetMs: 10_000 };
const text = 'x'.repeat(160);
const addresses: Peer[] = [];
let owner: Owner;
let boss: Awaited<ReturnType<typeof joinBoss>> | undefined;
/** The receiver, where its database is reached without its process. */
let reached: Owner | undefined;
let steady: NodeJS.Timeout | undefined;
let steadily = 0;
let running: { stop(): Promise<void> } | undefined;

/** The other of the two. */
const receiver = (): string => addresses.find(({ name }) => name !== owner.name)!.name;

async function carryOut(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'begin':
      owner = await startOwner(order.name, order.key, await createTrust(order.trust), addresses, undefined, { poolSize: 20, ...(order.replicaOf === undefined ? {} : { replicaOf: order.replicaOf }) });
      if (order.contender === 'pg-boss') boss = await joinBoss(owner, addresses);
      if (order.receiver) reached = await startOwner('jiangsu', order.key, await createTrust(order.trust), [], undefined, { replicaOf: order.receiver });
      return { url: boss?.url ?? owner.url, database: { url: owner.database.url, ownerUrl: owner.database.ownerUrl } } satisfies Begun;
    case 'meet':
      addresses.splice(0, addresses.length, ...order.peers);
      return undefined;
    case 'write': {
      let next = order.first;
      const started = performance.now();
      await Promise.all(Array.from({ length: clients }, async () => {
        while (next < order.first + order.count) await write(next++, order.tell);
      }));
      return performance.now() - started;
    }
    case 'trickle': {
      const times: [number, number][] = [];
      for (let n = order.first; n < order.first + order.count; n += 1) {
        await write(n, true);
        times.push([n, Date.now()]);
        await new Promise((resolve) => { setTimeout(resolve, order.pauseMs * (0.5 + Math.random())); });
      }
      return times;
    }
    case 'move':
      if (order.run) running = boss ? boss.run() : reached ? runFloor(owner, reached) : owner.run(defaults.pollMs, defaults.greetMs);
      else await running?.stop();
      return undefined;
    case 'await':
      // By their places, since counting thousands of rows every moment would be a load of its own; nothing here is undone.
      while ((await owner.rows<{ n: number }>('select coalesce(max(place), 0)::integer as n from arrived'))[0]!.n < order.count) await new Promise((resolve) => { setTimeout(resolve, 20); });
      return Date.now();
    case 'arrivals':
      return owner.rows('select n, extract(epoch from at)::float8 * 1000 as at from arrived');
    case 'fill':
      for (let first = 0; first < order.count; first += 1000) {
        await owner.services.db.transaction((within) => sendEvents(within, owner.services, Array.from({ length: Math.min(1000, order.count - first) }, (_, i) => (
          { to: receiver(), type: 'note.written', version: 1, subject: `s-${i}`, data: { n: first + i, text } })), new Date()));
      }
      return undefined;
    case 'steady':
      clearInterval(steady);
      if (order.perSecond > 0) steady = setInterval(() => { void owner.write(receiver(), `t-${steadily % 100}`, steadily++, { text }); }, 1000 / order.perSecond);
      return undefined;
    case 'look':
      return { arrived: (await owner.rows<{ n: number }>('select coalesce(max(place), 0)::integer as n from arrived'))[0]!.n, written: steadily, rss: process.memoryUsage.rss() };
    case 'end':
      await running?.stop();
      await boss?.close();
      await reached?.close();
      await owner.close();
      return undefined;
  }
}

const write = async (n: number, tell: boolean): Promise<void> => {
  if (!tell) await owner.services.db.transaction(async (within) => { await within.query('insert into written (subject, n) values ($1, $2) on conflict do nothing', [`s-${n % 1000}`, n]); });
  else if (boss) await boss.write(`s-${n % 1000}`, n, text);
  else await owner.write('jiangsu', `s-${n % 1000}`, n, { text });
};

process.on('message', ({ id, order }: { id: number; order: Order }) => {
  carryOut(order).then((result) => process.send!({ id, result }), (error: unknown) => process.send!({ id, error: error instanceof Error ? error.stack : String(error) }));
});
process.on('disconnect', () => { process.exit(0); });
