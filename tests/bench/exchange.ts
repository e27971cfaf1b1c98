import type { ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCluster } from '@delta/runtime/db/embedded/index';
import { generateKeyPair, type TrustFile } from '@delta/service/keys';
import pg from 'pg';
import type { Begun, Contender } from './exchangeOwner.js';
import { askingOf, forkOwner, type Ask } from './ownerProcess.js';
import { median, quantile } from './statistics.js';

/**
 * The exchange between two provinces, the sender's business and the moving of its events in processes of their own
 * (DELTA_EXCHANGE_RELAY), over one PostgreSQL with fsync: against pg-boss on the same work
 * (a business transaction with its event, each event signed, delivered in batches, one row of effect), and against the business
 * transaction alone. A third contender does nothing but statements and signatures (floorOwner.ts), and so tells how much is left to
 * be saved. In rounds that take turns. `npm run bench -- exchange [--rounds N] [--events N]`.
 */
export interface ExchangeBenchOptions { readonly rounds: number; readonly events: number }

const contenders = ['exchange', 'pg-boss', 'floor'] as const satisfies readonly Contender[];
const targets = { boss: 3, business: 0.75, idleMs: 150 };

export async function benchExchange({ rounds, events }: ExchangeBenchOptions, say = (line: string): void => { process.stdout.write(`${line}\n`); }): Promise<boolean> {
  const home = await mkdtemp(join(tmpdir(), 'delta-bench-'));
  await chmod(home, 0o711);
  const cluster = await startCluster({ directory: join(home, 'pg'), log: () => undefined });
  const all: Pair[] = [];
  try {
    const pairs = Object.fromEntries(await Promise.all(contenders.map(async (contender) => {
      const pair = await startPair(contender, cluster.url('postgres'));
      all.push(pair);
      return [contender, pair] as const;
    }))) as Record<Contender, Pair>;
    const rates: Record<Contender | 'told' | 'alone', number[]> = { 'exchange': [], 'pg-boss': [], 'floor': [], 'told': [], 'alone': [] };
    let written = 0;
    for (let round = -1; round < rounds; round += 1) {
      const order = round % 2 === 0 ? contenders : [...contenders].reverse();
      const count = round < 0 ? Math.ceil(events / 4) : events;
      const came: Partial<Record<Contender, number>> = {};
      for (const contender of order) {
        await tidy(all);
        came[contender] = await pairs[contender].through(written, count);
      }
      written += count;
      const { told, alone } = await pairs.exchange.business(Math.ceil(count / 4), round % 2 === 0 ? ['told', 'alone', 'alone', 'told'] : ['alone', 'told', 'told', 'alone'], () => tidy(all));
      if (round < 0) continue;
      for (const contender of contenders) rates[contender].push(came[contender]!);
      rates.told.push(told);
      rates.alone.push(alone);
      process.stderr.write(`round ${round + 1}: exchange ${came.exchange!.toFixed(0)}/s, pg-boss ${came['pg-boss']!.toFixed(0)}/s, floor ${came.floor!.toFixed(0)}/s; business transaction with event ${rates.told.at(-1)!.toFixed(0)}/s, alone ${rates.alone.at(-1)!.toFixed(0)}/s\n`);
    }
    const idle = await pairs.exchange.idle(200);
    const ratio = (a: number[], b: number[]): number => median(a.map((value, i) => value / b[i]!));
    const [overBoss, ofBusiness, p95] = [ratio(rates.exchange, rates['pg-boss']), ratio(rates.told, rates.alone), quantile(idle, 0.95)];
    say(`from business transaction to effect: exchange ${median(rates.exchange).toFixed(0)}/s, pg-boss ${median(rates['pg-boss']).toFixed(0)}/s, ratio ${overBoss.toFixed(2)} (at least ${targets.boss}); medians of ${rounds} rounds of ${events} events`);
    say(`statements and signatures alone (floor): ${median(rates.floor).toFixed(0)}/s, ${ratio(rates.floor, rates['pg-boss']).toFixed(2)} times pg-boss; the exchange reaches ${ratio(rates.exchange, rates.floor).toFixed(2)} of it`);
    say(`business transaction: with its event ${median(rates.told).toFixed(0)}/s, alone ${median(rates.alone).toFixed(0)}/s, ratio ${ofBusiness.toFixed(2)} (at least ${targets.business})`);
    say(`idle: from commit to effect median ${median(idle).toFixed(0)} ms, p95 ${p95.toFixed(0)} ms (under ${targets.idleMs})`);
    return overBoss >= targets.boss && ofBusiness >= targets.business && p95 < targets.idleMs;
  } finally {
    await Promise.all(all.map((pair) => pair.close()));
    await cluster.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** What one contender's turn leaves behind, dead rows and pages to write out, is not the next one's work. */
async function tidy(pairs: readonly Pair[]): Promise<void> {
  for (const url of pairs.flatMap(({ databases }) => databases)) {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query('vacuum');
    await client.query('checkpoint');
    await client.end();
  }
}

interface Pair {
  /** By the roles that own their tables. */
  readonly databases: readonly string[];
  /** Business transactions a second with their event and alone, by turns, each tidied before, while nothing moves; afterwards everything has arrived. */
  business(count: number, turns: readonly ('told' | 'alone')[], before: () => Promise<void>): Promise<{ told: number; alone: number }>;
  /** Events a second, from the first business transaction to the last effect. */
  through(first: number, count: number): Promise<number>;
  /** Milliseconds from commit to effect of events that come one by one. */
  idle(count: number): Promise<number[]>;
  close(): Promise<void>;
}

async function startPair(contender: Contender, clusterUrl: string): Promise<Pair> {
  const keys = { shanghai: await generateKeyPair('shanghai'), jiangsu: await generateKeyPair('jiangsu') };
  const trust: TrustFile = { keys: { shanghai: [keys.shanghai.publicKey], jiangsu: [keys.jiangsu.publicKey] } };
  const children: ChildProcess[] = [];
  const start = async (name: 'shanghai' | 'jiangsu', more: { replicaOf?: Begun['database']; receiver?: Begun['database'] } = {}): Promise<Begun & { ask: Ask }> => {
    const child = forkOwner(clusterUrl);
    children.push(child);
    const ask = askingOf(child, `${contender} ${name}`);
    return { ask, ...await ask<Begun>({ do: 'begin', name, key: keys[name].privateKey, trust, contender, ...more }) };
  };
  const [sender, receiver] = [await start('shanghai'), await start('jiangsu')];
  // Moves what the sender's business tells, for each contender.
  const relay = await start('shanghai', { replicaOf: sender.database, ...(contender === 'floor' ? { receiver: receiver.database } : {}) });
  const peers = [{ name: 'shanghai', url: sender.url }, { name: 'jiangsu', url: receiver.url }];
  for (const { ask } of [sender, relay, receiver]) await ask({ do: 'meet', peers });
  let arrived = 0;
  let business = 1_000_000_000;
  return {
    databases: [sender, receiver].map(({ database }) => database.ownerUrl),
    async business(count, turns, before) {
      const took = { told: 0, alone: 0 };
      for (const kind of turns) {
        // The first to change a page after a checkpoint writes it out whole: so each of them is.
        await before();
        took[kind] += await sender.ask<number>({ do: 'write', first: business, count, tell: kind === 'told' });
        business += count;
      }
      await relay.ask({ do: 'move', run: true });
      await receiver.ask({ do: 'await', count: arrived += 2 * count });
      await relay.ask({ do: 'move', run: false });
      return { told: (2 * count) / (took.told / 1000), alone: (2 * count) / (took.alone / 1000) };
    },
    async through(first, count) {
      arrived += count;
      await relay.ask({ do: 'move', run: true });
      const started = Date.now();
      const [done] = await Promise.all([receiver.ask<number>({ do: 'await', count: arrived }), sender.ask({ do: 'write', first, count, tell: true })]);
      const took = done - started;
      await relay.ask({ do: 'move', run: false });
      return count / (took / 1000);
    },
    async idle(count) {
      await relay.ask({ do: 'move', run: true });
      const first = 2_000_000_000;
      const written = await sender.ask<[number, number][]>({ do: 'trickle', first, count, pauseMs: 100 });
      await new Promise((resolve) => { setTimeout(resolve, 1_000); });
      const came = new Map((await receiver.ask<{ n: number; at: number }[]>({ do: 'arrivals' })).map(({ n, at }) => [n, at]));
      await relay.ask({ do: 'move', run: false });
      return written.map(([n, at]) => came.get(n)! - at);
    },
    async close() {
      await relay.ask({ do: 'end' }).catch(() => undefined);
      await Promise.allSettled([sender, receiver].map(({ ask }) => ask({ do: 'end' })));
      for (const child of children) child.disconnect();
    },
  };
}
