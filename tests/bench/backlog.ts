import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startCluster } from '@delta/runtime/db/embedded/index';
import { anchorsOf } from '@delta/runtime/synthetic/index';
import { generateKeyPair, type TrustFile } from '@delta/service/keys';
import { definitions } from '../support/definitions.js';
import { lookup } from './guards.js';
import type { Begun } from './exchangeOwner.js';
import { ownerDatabases } from './ownerDatabases.js';
import { askingOf, forkOwner } from './ownerProcess.js';
import { startStack, type Stack } from './stack.js';
import { quantile, slope } from './statistics.js';

/**
 * A receiver that was away for long catches up while it serves: a province's process answers lookups through the gateway and takes
 * a backlog of events in the same process, to which its sender adds steadily. Memory of both and the lookups' time are held against
 * the same at rest. One PostgreSQL with fsync for all. `npm run bench -- backlog [--events N]`.
 */
export interface BacklogOptions { readonly events: number }

const [lookupsPerSecond, newPerSecond, idleSeconds, warmUpSeconds] = [20, 50, 30, 15];
/** Less than that is within the garbage collector's own ups and downs. */
const targets = { slower: 2, slopeMiBPerMinute: 10 };
interface Look { readonly arrived: number; readonly written: number; readonly rss: number }
const mib = 1024 * 1024;

export async function benchBacklog({ events }: BacklogOptions, say = (line: string): void => { process.stdout.write(`${line}\n`); }): Promise<boolean> {
  const home = await mkdtemp(join(tmpdir(), 'delta-bench-'));
  await chmod(home, 0o711);
  const cluster = await startCluster({ directory: join(home, 'pg'), log: () => undefined });
  const sender = forkOwner(cluster.url('postgres'));
  let stack: Stack | undefined;
  try {
    const databases = await ownerDatabases(cluster, 'backlog', ['zone', 'shanghai', 'anhui']);
    stack = await startStack({
      home: join(home, 'stack'), guards: 'on', provinces: ['shanghai', 'anhui'], members: 3_000, connections: 32,
      databases: { ...databases, anhui: { ...databases['anhui'], DELTA_TEST_CLUSTER: cluster.url('postgres') } },
    });
    const [tell, hear] = [askingOf(sender, 'sender'), askingOf(stack.process('anhui'), 'receiver')];
    const keys = { jiangsu: await generateKeyPair('jiangsu'), anhui: await generateKeyPair('anhui') };
    const trust: TrustFile = { keys: { jiangsu: [keys.jiangsu.publicKey], anhui: [keys.anhui.publicKey] } };
    const peers = [
      { name: 'jiangsu', url: (await tell<Begun>({ do: 'begin', name: 'jiangsu', key: keys.jiangsu.privateKey, trust, contender: 'exchange' })).url },
      { name: 'anhui', url: (await hear<Begun>({ do: 'begin', name: 'anhui', key: keys.anhui.privateKey, trust, contender: 'exchange' })).url },
    ];
    for (const ask of [tell, hear]) await ask({ do: 'meet', peers });
    await tell({ do: 'fill', count: events });

    process.stderr.write(`${events} events wait\n`);
    const load = lookups(stack);
    await delay(warmUpSeconds * 1000);
    load.take();
    await delay(idleSeconds * 1000);
    const idle = load.take();

    const samples: Record<'sender' | 'receiver', [number, number][]> = { sender: [], receiver: [] };
    await tell({ do: 'steady', perSecond: newPerSecond });
    const started = performance.now();
    await tell({ do: 'move', run: true });
    for (;;) {
      await delay(1000);
      const [there, here] = await Promise.all([hear<Look>({ do: 'look' }), tell<Look>({ do: 'look' })]);
      const minutes = (performance.now() - started) / 60_000;
      samples.sender.push([minutes, here.rss / mib]);
      samples.receiver.push([minutes, there.rss / mib]);
      process.stderr.write(`${(minutes * 60).toFixed(0)} s: ${there.arrived} of ${events + here.written} arrived; sender ${(here.rss / mib).toFixed(0)} MiB, receiver ${(there.rss / mib).toFixed(0)} MiB\n`);
      if (there.arrived >= events + here.written - newPerSecond) break;
    }
    const seconds = (performance.now() - started) / 1000;
    const busy = load.take();
    await load.stop();
    await tell({ do: 'steady', perSecond: 0 });
    const { written } = await tell<Look>({ do: 'look' });
    await hear({ do: 'await', count: events + written });

    const memory = Object.entries(samples).map(([side, all]) => {
      // The first part is the processes' own warming up.
      const warm = all.filter(([minutes]) => minutes * 60 > Math.min(20, seconds / 4));
      return { side, most: Math.max(...all.map(([, rss]) => rss)), slope: slope(warm) };
    });
    const [atRest, meanwhile] = [quantile(idle, 0.95), quantile(busy, 0.95)];
    say(`${events} events caught up in ${seconds.toFixed(0)} s, ${(events / seconds).toFixed(0)}/s, ${newPerSecond}/s new ones meanwhile; all arrived`);
    for (const { side, most, slope: rise } of memory) say(`memory of the ${side}: at most ${most.toFixed(0)} MiB, ${rise.toFixed(1)} MiB a minute (at most ${targets.slopeMiBPerMinute})`);
    say(`${lookupsPerSecond} lookups a second at the receiver: p95 ${meanwhile.toFixed(0)} ms meanwhile (${busy.length}), ${atRest.toFixed(0)} ms at rest (${idle.length}), ${(meanwhile / atRest).toFixed(2)} times (under ${targets.slower})`);
    return meanwhile < targets.slower * atRest && memory.every(({ slope: rise }) => rise <= targets.slopeMiBPerMinute);
  } finally {
    await stack?.close();
    const gone = once(sender, 'exit');
    sender.disconnect();
    await gone;
    await cluster.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Lookups of one person at the receiver, begun at a fixed rate whatever becomes of those before. */
function lookups(stack: Stack): { take(): number[]; stop(): Promise<void> } {
  const idNumber = anchorsOf(definitions['anhui']!.synthetic).people[0].idNumber;
  const under = new Set<Promise<void>>();
  let took: number[] = [];
  let failure: Error | undefined;
  const timer = setInterval(() => {
    const began = performance.now();
    const one = stack.ask(lookup, { input: { idNumber, purpose: 'CHECK_IN', clientKey: randomUUID() } })
      .then(() => { took.push(performance.now() - began); }, (error: Error) => { failure ??= error; }).finally(() => under.delete(one));
    under.add(one);
  }, 1000 / lookupsPerSecond);
  return {
    take() {
      if (failure) throw failure;
      const taken = took;
      took = [];
      return taken;
    },
    async stop() { clearInterval(timer); await Promise.all(under); },
  };
}
