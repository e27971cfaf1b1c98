import type { Patch } from '../../support/patchSource.js';
import type { FaultKind } from './schedule.js';

/** Something that the exchange does for a reason, left out: a run under faults must find it. */
export interface Control {
  readonly says: string;
  readonly patches: readonly Patch[];
  /** What brings it to light. */
  readonly faults: readonly FaultKind[];
  readonly restores: number;
}

const receive = 'runtime/src/exchange/receive.ts';
const rules = 'runtime/src/exchange/rules.ts';
const store = 'runtime/src/exchange/store.ts';

const goesBack: readonly Patch[] = [
  { file: rules, find: 'const fresh = batch.slice(position.seq + 1 - first.seq);', replace: 'const fresh = batch;' },
  { file: rules, find: 'if (fresh[0]!.previous !== position.hash || fresh[0]!.epoch < position.epoch) return { refuse: \'FORKED\' };', replace: '' },
  { file: store, find: '$14::text[], $15::text[])`,', replace: '$14::text[], $15::text[]) on conflict (peer, seq) do nothing`,' },
];

/** Negative controls, by name. Ownership without a version is one of the moves (moves/noOwnershipVersion.ts). */
export const controls = {
  cursorBeforeInbox: {
    says: 'the place up to which a stream has come is committed before the events are stored',
    patches: [{
      file: receive,
      find: '    const blocked = await parkedSubjects(',
      replace: `    const end = fresh.at(-1)!;
    await moveStream(within, from, 'IN', { seq: end.seq, hash: end.hash, epoch: end.epoch });
    return { kind: 'STORE' as never, position: end, fresh } as never;
  }).then((moved) => new Promise<typeof moved>((resolve) => { setTimeout(() => { resolve(moved); }, 100); })).then((moved) => ((moved.kind as string) !== 'STORE' ? moved : db.transaction(async (within): Promise<{ kind: 'RECEIPT' | 'GAP' | 'FORKED'; position: Position }> => {
    const { fresh } = moved as unknown as { fresh: ProvenEvent[] };
    const blocked = await parkedSubjects(`,
    }, {
      file: receive,
      find: 'return { kind: \'RECEIPT\', position: { seq, hash, epoch } };\n  }));',
      replace: 'return { kind: \'RECEIPT\', position: { seq, hash, epoch } };\n  }))));',
    }],
    faults: ['subgraph killed', 'postmaster killed', 'backend killed', 'backends terminated'],
    restores: 0,
  },
  noDedupe: {
    says: 'what comes twice is taken twice',
    patches: goesBack,
    faults: ['messages echoed'],
    restores: 0,
  },
  noEpoch: {
    says: 'neither side notices that a sender was restored: it goes on from its own place, and the receiver passes over what it has',
    patches: [
      { file: rules, find: 'return stored === last.hash ? { take: 0 } : { refuse: \'FORKED\' };', replace: 'return { take: 0 };' },
      { file: rules, find: 'if (fresh[0]!.previous !== position.hash || fresh[0]!.epoch < position.epoch) return { refuse: \'FORKED\' };', replace: '' },
      { file: rules, find: 'if (seq > sent || (own !== undefined && own !== hash)) return \'RECOVER\';', replace: '' },
    ],
    faults: ['subgraph killed'],
    restores: 1,
  },
} as const satisfies Record<string, Control>;

export type ControlName = keyof typeof controls;
