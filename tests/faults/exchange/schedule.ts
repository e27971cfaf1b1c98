import { seeded } from '../random.js';
import type { LinkState } from './link.js';

export const faultKinds = [
  'subgraph killed', 'relay killed', 'subgraph suspended', 'postmaster killed', 'backend killed', 'backends terminated',
  'link cut', 'link hung', 'link slowed', 'link cut midway', 'answers lost', 'messages echoed',
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** One thing that is done to one owner, or to the way from one to another. */
export interface Fault {
  readonly kind: FaultKind;
  readonly owner: string;
  /** Of links: the other end. */
  readonly to: string;
  /** How long it lasts, in milliseconds. */
  readonly ms: number;
  /** Of links: what they do meanwhile. */
  readonly link?: LinkState;
}

/** A copy of a database is taken, and put in its place later: how it was then. */
export interface Restore {
  readonly kind: 'backup' | 'restore';
  readonly owner: string;
  /** Whether everything that the owner acknowledged has reached its peers before the database is lost. */
  readonly settled: boolean;
}

/** What is done when this share of the work is done. */
export interface Step { readonly at: number; readonly what: Fault | Restore }

export const isRestore = (what: Fault | Restore): what is Restore => what.kind === 'backup' || what.kind === 'restore';

export interface ScheduleWish {
  readonly seed: number;
  readonly faults: number;
  /** All owners; the first is the zone. */
  readonly owners: readonly string[];
  /** Those that are restored, one after another; the last of three before it could settle. */
  readonly restores: number;
  /** Kinds of faults; all unless given. */
  readonly kinds?: readonly FaultKind[];
  /** Who is restored, instead of provinces that the seed draws. */
  readonly victims?: readonly string[];
  /** How many of the restores come after everything has settled; two unless given. */
  readonly settled?: number;
}

/** What a run does and when: the same for the same wish. Every kind comes about as often as every other. */
export function scheduleOf({ seed, faults, owners, restores, kinds = faultKinds, victims: given, settled: mostSettled = 2 }: ScheduleWish): readonly Step[] {
  const random = seeded(seed);
  const between = (least: number, most: number): number => Math.round(least + random() * (most - least));
  const shuffled = <T>(values: readonly T[]): T[] => values.map((value) => ({ value, by: random() })).sort((a, b) => a.by - b.by).map(({ value }) => value);

  let deck: FaultKind[] = [];
  const steps = Array.from({ length: faults }, (_, i): Step => {
    if (deck.length === 0) deck = shuffled(kinds);
    const kind = deck.pop()!;
    const [owner, to] = shuffled(owners) as [string, string];
    return { at: (i + 0.5) / faults, what: { kind, owner, to, ms: msOf(kind, between), ...linkOf(kind, between) } };
  });
  const victims = given ?? shuffled(owners.slice(1));
  for (let i = 0; i < restores; i += 1) {
    const owner = victims[i % victims.length]!;
    const settled = i < mostSettled;
    const [from, to] = [(i + 0.3) / (restores + 0.6), (i + 1.05) / (restores + 0.6)];
    steps.push({ at: from, what: { kind: 'backup', owner, settled } }, { at: to, what: { kind: 'restore', owner, settled } });
  }
  return steps.sort((a, b) => a.at - b.at);
}

type Between = (least: number, most: number) => number;

const msOf = (kind: FaultKind, between: Between): number => {
  switch (kind) {
    case 'subgraph killed': case 'relay killed': return between(100, 1_500);
    case 'postmaster killed': case 'backend killed': case 'backends terminated': return 0;
    case 'subgraph suspended': return between(500, 4_000);
    case 'link cut': case 'link hung': case 'link slowed': case 'link cut midway': case 'answers lost': case 'messages echoed': return between(500, 3_000);
  }
};

const linkOf = (kind: FaultKind, between: Between): { readonly link?: LinkState } => {
  switch (kind) {
    case 'link cut': return { link: { does: 'CUT' } };
    case 'link hung': return { link: { does: 'HANG' } };
    case 'link slowed': return { link: { does: 'SLOW', bytesPerSecond: between(50_000, 500_000), latencyMs: between(20, 200) } };
    case 'link cut midway': return { link: { does: 'CUT_MIDWAY', afterBytes: between(200, 50_000) } };
    case 'answers lost': return { link: { does: 'LOSE_ANSWERS' } };
    case 'messages echoed': return { link: { does: 'ECHO' } };
    case 'subgraph killed': case 'relay killed': case 'subgraph suspended': case 'postmaster killed': case 'backend killed': case 'backends terminated': return {};
  }
};
