import { setTimeout as sleep } from 'node:timers/promises';
import { countsOf, workUnder, type Counts } from '../exchange/carryOut.js';
import { gatherRefusals } from '../exchange/gather.js';
import { Injector } from '../exchange/inject.js';
import type { Violation } from '../exchange/invariants.js';
import { atRest, caughtUp, late, restless } from '../exchange/progress.js';
import { scheduleOf, type Step } from '../exchange/schedule.js';
import { judge } from '../exchange/verdict.js';
import { startDrillZone, type DrillZone, type DrillZoneOptions } from '../exchange/zone.js';
import { seeded } from '../random.js';
import { gatherMembers, gatherMoves } from './gatherMoves.js';
import { checkMoves, movesInvariants, type MovesInvariant, type MovesViolation } from './movesInvariants.js';
import { Secretaries } from './secretaries.js';
import { Walks } from './walks.js';

/**
 * Members of real provinces are sent on random walks by `transferOwnership` while subgraphs, databases and links break, the directory
 * hears of the moves in any order, and provinces and the zone are restored from older backups. Afterwards every member's record, and
 * what all owners say of where it is, is held against the walks.
 * `npm run faults -- moves [--members N] [--moves N] [--faults N] [--restores N] [--seed N]`.
 */
export interface MovesFaultsOptions extends Omit<DrillZoneOptions, 'members' | 'owners'> {
  /** Members that move. As many again stay where they are. */
  readonly members: number;
  /** Transfers a member. */
  readonly moves: number;
  readonly faults: number;
  /** How often the way from a province to the zone is held; as often as there are faults, and four times at least, unless given. */
  readonly holds?: number;
  /** Those that are restored: a province, the zone, another province, and so on. */
  readonly restores: number;
  readonly seed: number;
  /** How long everything may take to settle after the last fault, in seconds, before that is given up. */
  readonly patience?: number;
  /** Longest pause between two transfers of one member. */
  readonly pauseMs?: number;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface MovesFaultsReport extends Counts {
  readonly seed: number;
  readonly members: number;
  readonly walked: number;
  readonly transfers: number;
  /** Of these: to an organisation that does not exist, asked for twice by one key, by two at once. */
  readonly declined: number;
  readonly doubled: number;
  readonly rivals: number;
  /** Requests to which no answer came, also since nobody was there. */
  readonly inDoubt: number;
  /** How often the way from a province to the zone was held. */
  readonly wordsHeld: number;
  readonly unaskedExits: number;
  readonly refusals: Readonly<Record<string, number>>;
  /** From the end of the last fault until every transfer was settled and every stream had caught up. */
  readonly steadySeconds: number;
  readonly seconds: number;
  /** `ok`, or how often it was violated; those of the streams together. */
  readonly invariants: Readonly<Record<MovesInvariant | 'streams' | 'steady', 'ok' | number>>;
  readonly violations: readonly (MovesViolation | Violation)[];
}

const directorySize = async (zone: DrillZone): Promise<number> => (await zone.owners.get('zone')!.rows<{ n: number }>('select count(*)::integer as n from directory_entry'))[0]!.n;
const openTransfers = async (zone: DrillZone): Promise<number> => (await Promise.all([...zone.owners.values()].filter(({ name }) => name !== 'zone')
  .map(async (owner) => (await owner.rows<{ n: number }>("select count(*)::integer as n from ownership_transfer where state = 'SENT'"))[0]!.n))).reduce((sum, n) => sum + n, 0);

/** @throws when a fault could not be carried out, or the run was ended */
export async function runMovesFaults(options: MovesFaultsOptions): Promise<MovesFaultsReport> {
  const { members, moves, faults, holds = Math.max(4, faults), restores, seed, patience = 120, pauseMs = 2_000, signal } = options;
  const started = performance.now();
  const seconds = (): number => Math.round((performance.now() - started) / 100) / 10;
  const say = (line: string): void => { options.say(`${seconds().toFixed(1)} s: ${line}`); };
  const zone = await startDrillZone({ ...options, members: Math.max(3, Math.ceil(members / 2)) });
  let walks: Walks | undefined;
  try {
    const names = [...zone.owners.keys()];
    const before = (await gatherMembers(zone)).map(({ memberId, owner, record }) => ({ memberId, home: owner, record: record! }));
    await until(async () => await directorySize(zone) === before.length, 60, 'every member to be registered', signal);
    const random = seeded(seed + 2);
    const drawn = before.map((member) => ({ ...member, by: random() })).sort((a, b) => a.by - b.by).slice(0, members);
    walks = new Walks(await Secretaries.of(zone), { seed, members: drawn, moves, organizations: await organizationsOf(zone), pauseMs });
    say(`seed ${seed}: ${members} of ${before.length} members, ${moves} transfers each, ${faults} faults, ${restores} restores`);
    const steps = stepsOf({ seed, faults, holds, restores }, names);
    const injector = new Injector(zone, walks, seeded(seed + 1));
    await workUnder(steps, walks, { injector, say, ...(signal ? { signal } : {}) });
    say('all have moved');
    const isSteady = await settled(zone, patience, signal);
    const steadySeconds = Math.round((performance.now() - injector.lastEnd) / 100) / 10;
    say(isSteady ? `steady ${steadySeconds} s after the last fault` : 'not steady');
    // The heads of what the last transfers left to audit are told a moment later.
    const isAtRest = isSteady && await atRest(zone, patience, signal);

    const streams = await judge(zone, { acknowledged: [], inDoubt: [], mayBeLost: new Set() });
    const restored = new Set(steps.flatMap(({ what }) => (what.kind === 'restore' ? [what.owner] : [])));
    const moved = [...walks.wrong, ...checkMoves(await gatherMoves(zone), { before, walks: walks.walks, restored })];
    const unsteady = isAtRest ? [] : [{ invariant: 'steady' as const, where: (await restless(zone)).join(', '), what: `not ${isSteady ? 'at rest' : 'settled'} after ${patience} s` }];
    const count = (violations: readonly unknown[]): 'ok' | number => violations.length || 'ok';
    const { faults: carriedOut, ...counts } = countsOf(steps);
    return {
      seed, members: before.length, walked: members, transfers: walks.walks.reduce((sum, { acts }) => sum + acts.length, 0), ...walks.counts, wordsHeld: carriedOut - faults, faults, ...counts,
      unaskedExits: [...zone.owners.values()].reduce((sum, { unasked }) => sum + unasked, 0), refusals: await gatherRefusals(zone.owners.values()), steadySeconds, seconds: seconds(),
      invariants: {
        ...Object.fromEntries(movesInvariants.map((name) => [name, count(moved.filter(({ invariant }) => invariant === name))])) as Record<MovesInvariant, 'ok' | number>,
        streams: count(streams.violations), steady: count(unsteady),
      },
      violations: [...unsteady, ...moved, ...streams.violations],
    };
  } finally {
    walks?.stop();
    await zone.close();
  }
}

/** The schedule of the exchange, in which the zone is restored too, and the way from a province to it is held again and again. */
function stepsOf({ seed, faults, holds, restores }: Readonly<Record<'seed' | 'faults' | 'holds' | 'restores', number>>, names: readonly string[]): Step[] {
  const random = seeded(seed + 3);
  const provinces = names.filter((name) => name !== 'zone').map((name) => ({ name, by: random() })).sort((a, b) => a.by - b.by).map(({ name }) => name);
  const victims = Array.from({ length: restores }, (_, i) => (i % 2 === 1 ? 'zone' : provinces[(i / 2) % provinces.length]!));
  const held = Array.from({ length: holds }, (_, i): Step => ({
    at: (i + 0.5) / holds, what: { kind: 'link hung', owner: provinces[Math.floor(random() * provinces.length)]!, to: 'zone', ms: Math.round(1_500 + random() * 4_000), link: { does: 'HANG' } },
  }));
  return [...scheduleOf({ seed, faults, owners: names, restores, victims, settled: restores }), ...held].sort((a, b) => a.at - b.at);
}

const organizationsOf = async ({ owners }: DrillZone): Promise<ReadonlyMap<string, readonly string[]>> =>
  new Map(await Promise.all([...owners.values()].filter(({ name }) => name !== 'zone').map(async (owner) =>
    [owner.name, (await owner.rows<{ id: string }>("select id from organization where kind = 'BRANCH' order by id limit 50")).map(({ id }) => id)] as const)));

/** Whether every transfer has come to its end and every stream has caught up, and stays so: what is settled is told on. */
async function settled(zone: DrillZone, patience: number, signal?: AbortSignal): Promise<boolean> {
  for (const end = performance.now() + patience * 1_000; performance.now() < end;) {
    if (!(await caughtUp(zone, (end - performance.now()) / 1_000, signal))) return false;
    if (await openTransfers(zone) === 0 && (await late(zone)).length === 0) return true;
    await sleep(100, undefined, { ...(signal ? { signal } : {}) });
  }
  return false;
}

async function until(isSo: () => Promise<boolean>, seconds: number, what: string, signal?: AbortSignal): Promise<void> {
  for (const end = Date.now() + seconds * 1_000; !(await isSo()); await sleep(100, undefined, { ...(signal ? { signal } : {}) })) {
    if (Date.now() > end) throw new Error(`waited ${seconds} s for ${what}`);
  }
}
