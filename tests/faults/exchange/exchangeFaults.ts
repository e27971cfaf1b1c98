import { setTimeout as sleep } from 'node:timers/promises';
import { beginning, digestOf, readEvent } from '@delta/runtime/exchange/signedEvent';
import { seeded } from '../random.js';
import { gatherRefusals, gatherShared, gatherStream } from './gather.js';
import { behind, Injector } from './inject.js';
import { checkShared, checkStream, invariants, type Invariant, type Violation } from './invariants.js';
import { isRestore, scheduleOf, type FaultKind } from './schedule.js';
import { keyOf, Workload } from './workload.js';
import { startVisitors } from './visitors.js';
import { startDrillZone, type DrillZone, type DrillZoneOptions } from './zone.js';

export interface ExchangeFaultsOptions extends DrillZoneOptions {
  /** Events a stream. */
  readonly events: number;
  /** To how many others each owner writes; all unless given. */
  readonly peers?: number;
  readonly faults: number;
  readonly restores: number;
  readonly seed: number;
  readonly kinds?: readonly FaultKind[];
  /** How long everything may take to arrive after the last fault, in seconds, before that is given up. */
  readonly patience?: number;
  readonly say: (line: string) => void;
  /** Ends the run, and cleans up. */
  readonly signal?: AbortSignal;
}

export interface ExchangeFaultsReport {
  readonly seed: number;
  readonly streams: number;
  readonly eventsPerStream: number;
  readonly acknowledged: number;
  readonly inDoubt: number;
  /** Acknowledged by an owner whose database was lost before it told anybody, and by nothing else: each is named in the violations if it is not so. */
  readonly lostWithDatabase: number;
  readonly logged: number;
  readonly parked: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly restores: readonly string[];
  /** Subgraphs that went without being killed, such as while their database was away at the start. */
  readonly unaskedExits: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** From the end of the last fault until every stream had caught up, with the writing that was left. */
  readonly steadySeconds: number;
  readonly seconds: number;
  readonly invariants: Readonly<Record<Invariant, 'ok' | number>>;
  readonly violations: readonly Violation[];
}

const lastHeadsMs = 3_000;

/** @throws when a fault could not be carried out, or the run was ended */
export async function runExchangeFaults(options: ExchangeFaultsOptions): Promise<ExchangeFaultsReport> {
  const { events, peers, faults, restores, seed, kinds, patience = 120, signal } = options;
  const started = performance.now();
  const say = (line: string): void => { options.say(`${((performance.now() - started) / 1_000).toFixed(1)} s: ${line}`); };
  const zone = await startDrillZone(options);
  const workload = new Workload(zone, { seed, events, poison: 3, ...(peers === undefined ? {} : { peers }) });
  try {
    say(`seed ${seed}: ${zone.owners.size} owners, ${workload.streams.length} streams of ${events} events, ${faults} faults, ${restores} restores`);
    const steps = scheduleOf({ seed, faults, owners: [...zone.owners.keys()], restores, ...(kinds ? { kinds } : {}) });
    const injector = new Injector(zone, workload, seeded(seed + 1));
    const counts: Record<string, number> = {};
    const restored: string[] = [];
    const happening: Promise<void>[] = [];
    let failed: Error | undefined;
    const fail = (error: unknown): void => { failed ??= error instanceof Error ? error : new Error(String(error)); workload.stop(); };
    const watching = watch(zone, workload, signal);
    const visitors = await startVisitors(zone);
    const schedule = (async () => {
      for (const { at, what } of steps) {
        while (workload.done < at && !failed) await sleep(10, undefined, { ...(signal ? { signal } : {}) });
        counts[what.kind] = (counts[what.kind] ?? 0) + 1;
        if (what.kind === 'restore') restored.push(`${what.owner}${what.settled ? '' : ', unsettled'}`);
        say(`${workload.acknowledged.length} of ${workload.total}: ${what.kind} ${what.owner}${isRestore(what) || !what.link ? '' : ` to ${what.to}`}`);
        happening.push(injector.do(what).catch(fail));
        // Everybody waits for whoever is restored, or the work would be over before it.
        if (what.kind === 'restore') await happening.at(-1);
      }
    })();
    await Promise.all([workload.run(), schedule.catch(fail)]);
    await Promise.all(happening);
    await visitors.stop();
    if (failed) throw failed;
    say('everything is written');
    const isSteady = await caughtUp(zone, patience, signal);
    const steadySeconds = (performance.now() - injector.lastEnd) / 1_000;
    say(isSteady ? `steady ${steadySeconds.toFixed(1)} s after the last fault` : 'not steady');
    await watching.stop();
    // The heads of what the last visitors left are told a moment later.
    await sleep(lastHeadsMs);
    await caughtUp(zone, patience, signal);

    const violations: Violation[] = isSteady ? [] : [{ invariant: 'steady', where: (await late(zone)).join(', '), what: `not caught up after ${patience} s` }];
    let [logged, parked, lost] = [0, 0, 0];
    const [acknowledged, inDoubt] = [byStream(workload.acknowledged), byStream(workload.inDoubt)];
    // Others than the workload's carry what the platform tells of itself.
    const names = [...zone.owners.keys()];
    for (const { from, to } of names.flatMap((sender) => names.filter((name) => name !== sender).map((receiver) => ({ from: sender, to: receiver })))) {
      const rows = await gatherStream(zone.owners.get(from)!, zone.owners.get(to)!);
      const known = { acknowledged: acknowledged.get(keyOf(rows)) ?? [], inDoubt: inDoubt.get(keyOf(rows)) ?? [], mayBeLost: injector.mayBeLost };
      violations.push(...await checkStream(rows, known, { read: (jws) => readEvent(zone.trust, from, to, jws), hashOf: digestOf, beginning }));
      const ids = new Set(rows.log.map(({ id }) => id));
      logged += rows.log.length;
      parked += rows.inbox.filter(({ state }) => state === 'PARKED').length;
      lost += known.acknowledged.filter(({ id }) => !ids.has(id)).length;
    }
    for (const owner of zone.owners.values()) {
      const { shared, arrived } = await gatherShared(owner);
      violations.push(...checkShared(owner.name, shared, arrived));
    }
    return {
      seed, streams: workload.streams.length, eventsPerStream: events, acknowledged: workload.acknowledged.length, inDoubt: workload.inDoubt.length, lostWithDatabase: lost, logged, parked,
      faults: counts, restores: restored, unaskedExits: [...zone.owners.values()].reduce((sum, { unasked }) => sum + unasked, 0), refusals: await gatherRefusals(zone.owners.values()),
      steadySeconds: round(steadySeconds), seconds: round((performance.now() - started) / 1_000),
      invariants: Object.fromEntries(invariants.map((name) => [name, violations.filter(({ invariant }) => invariant === name).length || 'ok'])) as ExchangeFaultsReport['invariants'],
      violations,
    };
  } finally {
    workload.stop();
    await zone.close();
  }
}

/** Keeps an eye on how far every stream is behind, so that nobody writes faster than it is told. */
function watch(zone: DrillZone, workload: Workload, signal: AbortSignal | undefined): { stop(): Promise<void> } {
  let stopped = false;
  const look = async (): Promise<void> => {
    while (!stopped && !signal?.aborted) {
      for (const owner of zone.owners.values()) {
        for (const { key, behind: count } of await behind(owner).catch(() => [])) workload.backlog.set(key, count);
      }
      await sleep(250);
    }
  };
  const looking = look();
  return { stop: async () => { stopped = true; await looking; } };
}

/** Streams of which not everything has arrived, or whose sender does not know. Both ends are asked: after a restore each believes something else. */
async function late(zone: DrillZone): Promise<string[]> {
  const cursors = new Map((await Promise.all([...zone.owners.values()].map(async (owner) => (await owner.rows<{ peer: string; direction: string; seq: string }>(
    'select peer, direction, seq from exchange_stream')).map(({ peer, direction, seq }) => [`${direction} ${direction === 'OUT' ? `${owner.name} ${peer}` : `${peer} ${owner.name}`}`, seq] as const)))).flat());
  const waiting = (await Promise.all([...zone.owners.values()].map((owner) => behind(owner)))).flat();
  return waiting.filter(({ key, behind: count }) => count > 0 || cursors.get(`OUT ${key}`) !== cursors.get(`IN ${key}`)).map(({ key, behind: count }) => `${key.replace(' ', ' to ')} (${count})`);
}

/** Whether everything that is written has arrived, and stays so. */
async function caughtUp(zone: DrillZone, seconds: number, signal: AbortSignal | undefined): Promise<boolean> {
  for (const until = performance.now() + seconds * 1_000; performance.now() < until; await sleep(100, undefined, { ...(signal ? { signal } : {}) })) {
    if ([...zone.owners.values()].every(({ url }) => url !== undefined) && (await late(zone)).length === 0) return true;
  }
  return false;
}

const round = (value: number): number => Math.round(value * 10) / 10;

function byStream<T extends { readonly from: string; readonly to: string }>(events: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const event of events) {
    const known = found.get(keyOf(event));
    if (known) known.push(event); else found.set(keyOf(event), [event]);
  }
  return found;
}
