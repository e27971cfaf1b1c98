import { seeded } from '../random.js';
import { countsOf, workUnder, type Counts } from './carryOut.js';
import { gatherRefusals } from './gather.js';
import { Injector } from './inject.js';
import { invariants, type Invariant, type Violation } from './invariants.js';
import { atRest, caughtUp, restless, watch } from './progress.js';
import { scheduleOf, type FaultKind } from './schedule.js';
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

export interface ExchangeFaultsReport extends Counts {
  readonly seed: number;
  readonly streams: number;
  readonly eventsPerStream: number;
  readonly acknowledged: number;
  readonly inDoubt: number;
  /** Acknowledged by an owner whose database was lost before it told anybody: in neither its backup nor at a peer. */
  readonly lostWithDatabase: number;
  readonly logged: number;
  readonly parked: number;
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
    await workUnder(steps, workload, { injector, say, ...(signal ? { signal } : {}) });
    await visitors.stop();
    say('everything is written');
    const isSteady = await caughtUp(zone, patience, signal);
    const steadySeconds = (performance.now() - injector.lastEnd) / 1_000;
    say(isSteady ? `steady ${steadySeconds.toFixed(1)} s after the last fault` : 'not steady');
    // The heads of what the last visitors left to audit are told a moment later.
    const isAtRest = isSteady && await atRest(zone, patience, signal);

    const { missing, ...verdict } = await judge(zone, { ...workload, mayBeLost: injector.mayBeLost });
    const unsteady = isAtRest ? [] : [{ invariant: 'steady' as const, where: (await restless(zone)).join(', '), what: `not ${isSteady ? 'at rest' : 'caught up'} after ${patience} s` }];
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

const round = (value: number): number => Math.round(value * 10) / 10;
