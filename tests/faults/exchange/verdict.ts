import { beginning, digestOf, readEvent } from '@delta/runtime/exchange/signedEvent';
import { gatherShared, gatherStream } from './gather.js';
import { checkShared, checkStream, type Violation } from './invariants.js';
import { keyOf, type Acknowledged, type Stream, type Written } from './workload.js';
import type { DrillZone } from './zone.js';

export interface Verdict {
  readonly logged: number;
  readonly parked: number;
  /** Acknowledged and in no log: lost with a database, or the violations name it. */
  readonly missing: number;
  readonly violations: readonly Violation[];
}

export interface Evidence {
  readonly acknowledged: readonly Acknowledged[];
  readonly inDoubt: readonly Written[];
  readonly mayBeLost: ReadonlySet<string>;
}

/** Holds both ends of every stream against what was written, one stream after another. Nothing moves any more. */
export async function judge(zone: DrillZone, evidence: Evidence): Promise<Verdict> {
  const violations: Violation[] = [];
  let [logged, parked, missing] = [0, 0, 0];
  const [acknowledged, inDoubt] = [byStream(evidence.acknowledged), byStream(evidence.inDoubt)];
  for (const from of zone.owners.values()) {
    for (const to of zone.owners.values()) {
      if (from === to) continue;
      const rows = await gatherStream(from, to);
      const known = { acknowledged: acknowledged.get(keyOf(rows)) ?? [], inDoubt: inDoubt.get(keyOf(rows)) ?? [], mayBeLost: evidence.mayBeLost };
      violations.push(...await checkStream(rows, known, { read: (jws) => readEvent(zone.trust, from.name, to.name, jws), hashOf: digestOf, beginning }));
      const ids = new Set(rows.log.map(({ id }) => id));
      logged += rows.log.length;
      parked += rows.inbox.filter(({ state }) => state === 'PARKED').length;
      missing += known.acknowledged.filter(({ id }) => !ids.has(id)).length;
    }
    const { shared, arrived } = await gatherShared(from);
    violations.push(...checkShared(from.name, shared, arrived));
  }
  return { logged, parked, missing, violations };
}

function byStream<T extends Stream>(events: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const event of events) {
    const known = found.get(keyOf(event));
    if (known) known.push(event); else found.set(keyOf(event), [event]);
  }
  return found;
}
