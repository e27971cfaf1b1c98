import { setTimeout as sleep } from 'node:timers/promises';
import { seeded } from '../random.js';
import { gatherRefusals } from './gather.js';
import { Injector } from './inject.js';
import { invariants, type Invariant, type Violation } from './invariants.js';
import { caughtUp, late, watch } from './progress.js';
import { isRestore, scheduleOf, type FaultKind, type Step } from './schedule.js';
import { judge } from './verdict.js';
import { startVisitors } from './visitors.js';
import { Workload } from './workload.js';
import { startDrillZone, type DrillZoneOptions } from './zone.js';

/**
 * Owners as processes write to one another while they, their databases and the links between them are killed, stopped, cut and slowed,
 * and some are restored from older backups. Afterwards both ends of every stream are held against what was written.
 * `npm run faults -- exchange [--events N] [--peers N] [--faults N] [--restores N] [--seed N]`.
 */
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
  /** Acknowledged by an owner whose database was lost before it told anybody: in neither its backup nor at a peer. */
  readonly lostWithDatabase: number;
  readonly logged: number;
  readonly parked: number;
  readonly faults: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly restores: readonly string[];
  /** Subgraphs that went without being killed, such as while their database was away at the start. */
  readonly unaskedExits: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** From the end of the last fault until every stream had caught up, with the writing that was left. */
  readonly steadySeconds: number;
  readonly seconds: number;
  /** `ok`, or how often it was violated. */
  readonly invariants: Readonly<Record<Invariant, 'ok' | number>>;
  readonly violations: readonly Violation[];
}

/** The heads of what the last visitors left to audit are told a moment later. */
const lastHeadsMs = 3_000;

/** @throws when a fault could not be carried out, or the run was ended */
export async function runExchangeFaults(options: ExchangeFaultsOptions): Promise<ExchangeFaultsReport> {
  const { events, peers, faults, restores, seed, kinds, patience = 120, signal } = options;
  const started = performance.now();
  const say = (line: string): void => { options.say(`${((performance.now() - started) / 1_000).toFixed(1)} s: ${line}`); };
  const zone = await startDrillZone(options);
  const workload = new Workload(zone, { seed, events, poison: 3, ...(peers === undefined ? {} : { peers }) });
  const watching = watch(zone, workload);
  const visitors = await startVisitors(zone);
  try {
    say(`seed ${seed}: ${zone.owners.size} owners, ${workload.streams.length} streams of ${events} events, ${faults} faults, ${restores} restores`);
    const steps = scheduleOf({ seed, faults, owners: [...zone.owners.keys()], restores, ...(kinds ? { kinds } : {}) });
    const injector = new Injector(zone, workload, seeded(seed + 1));
    await workUnder(steps, { workload, injector, say, ...(signal ? { signal } : {}) });
    await visitors.stop();
    say('everything is written');
    const isSteady = await caughtUp(zone, patience, signal);
    const steadySeconds = (performance.now() - injector.lastEnd) / 1_000;
    say(isSteady ? `steady ${steadySeconds.toFixed(1)} s after the last fault` : 'not steady');
    await sleep(lastHeadsMs);
    await caughtUp(zone, isSteady ? patience : 0, signal);

    const { missing, ...verdict } = await judge(zone, { ...workload, mayBeLost: injector.mayBeLost });
    const unsteady = isSteady ? [] : [{ invariant: 'steady' as const, where: (await late(zone)).join(', '), what: `not caught up after ${patience} s` }];
    const violations = [...unsteady, ...verdict.violations];
    return {
      seed, streams: workload.streams.length, eventsPerStream: events, acknowledged: workload.acknowledged.length, inDoubt: workload.inDoubt.length, lostWithDatabase: missing, ...verdict,
      ...countsOf(steps), unaskedExits: [...zone.owners.values()].reduce((sum, { unasked }) => sum + unasked, 0), refusals: await gatherRefusals(zone.owners.values()),
      steadySeconds: round(steadySeconds), seconds: round((performance.now() - started) / 1_000),
      invariants: Object.fromEntries(invariants.map((name) => [name, violations.filter(({ invariant }) => invariant === name).length || 'ok'])) as ExchangeFaultsReport['invariants'],
      violations,
    };
  } finally {
    workload.stop();
    await Promise.all([visitors.stop(), watching.stop(), zone.close()]);
  }
}

interface Work { readonly workload: Workload; readonly injector: Injector; readonly say: (line: string) => void; readonly signal?: AbortSignal }

/** Writes everything while the schedule is carried out. @throws what failed first, once nothing is under way any more */
async function workUnder(steps: readonly Step[], { workload, injector, say, signal }: Work): Promise<void> {
  let failed: Error | undefined;
  const fail = (error: unknown): void => { failed ??= error instanceof Error ? error : new Error(String(error)); workload.stop(); };
  const happening: Promise<void>[] = [];
  const carryOut = async (): Promise<void> => {
    for (const { at, what } of steps) {
      while (workload.done < at && !failed) await sleep(10, undefined, { ...(signal ? { signal } : {}) });
      if (failed) return;
      say(`${workload.acknowledged.length} of ${workload.total}: ${what.kind} ${what.owner}${isRestore(what) || !what.link ? '' : ` to ${what.to}`}`);
      happening.push(injector.do(what).catch(fail));
      // Everybody waits for whoever is restored, or the work would be over before it.
      if (what.kind === 'restore') await happening.at(-1);
    }
  };
  await Promise.all([workload.run(), carryOut().catch(fail)]);
  await Promise.all(happening);
  if (failed) throw failed;
}

function countsOf(steps: readonly Step[]): Pick<ExchangeFaultsReport, 'faults' | 'kinds' | 'restores'> {
  const kinds: Record<string, number> = {};
  for (const { what } of steps) if (!isRestore(what)) kinds[what.kind] = (kinds[what.kind] ?? 0) + 1;
  const restores = steps.flatMap(({ what }) => (isRestore(what) && what.kind === 'restore' ? [`${what.owner}${what.settled ? '' : ', before it had settled'}`] : []));
  return { faults: Object.values(kinds).reduce((sum, count) => sum + count, 0), kinds, restores };
}

const round = (value: number): number => Math.round(value * 10) / 10;
