import { expect, test } from '@jest/globals';
import { checkShared, checkStream, type EventRow, type Head, type Invariant, type Known, type StreamRows } from './invariants.js';

/** Envelopes of these tests are JSON, and a hash is the text itself, shortened. */
const hashOf = (jws: string): string => `hash of ${jws}`;
const proof = { beginning: 'beginning', hashOf, read: async (jws: string): Promise<Head> => { if (jws.startsWith('forged')) throw new Error('signature'); return JSON.parse(jws) as Head; } };

/** A sound stream: 1 to 6 about two subjects, of which the fourth is poison, and the sixth follows it about the same subject. */
const subjects = ['a', 'b', 'a', 'b', 'a', 'b'];
const id = (seq: number): string => `id-${seq}`;
const n = (seq: number): number => Math.ceil(seq / 2);

function sound(): { rows: StreamRows; known: Known } {
  const log: EventRow[] = [];
  subjects.forEach((subject, i) => {
    const head: Head = { id: id(i + 1), type: 'drill.plain', subject, seq: i + 1, epoch: 1, previous: log.at(-1)?.hash ?? 'beginning', digest: `digest-${i}` };
    const jws = JSON.stringify(head);
    log.push({ seq: head.seq, id: head.id, type: head.type, subject, jws, hash: hashOf(jws), digest: head.digest, data: head.digest });
  });
  const written = log.map(({ seq, subject }) => ({ id: id(seq), subject, n: n(seq) }));
  const event = (seq: number) => ({ from: 'shanghai', to: 'jiangsu', subject: subjects[seq - 1]!, n: n(seq), poison: seq === 4 });
  const cursor = { seq: 6, hash: log.at(-1)!.hash, epoch: 1, state: 'OPEN', received: 6 };
  return {
    rows: {
      from: 'shanghai', to: 'jiangsu', outbox: [], log, inbox: log.map((row) => ({ ...row, state: row.seq === 4 || row.seq === 6 ? 'PARKED' : 'APPLIED' })),
      out: cursor, in: { ...cursor, received: 0 }, written, arrived: [1, 2, 3, 5].map((seq) => ({ id: id(seq), subject: subjects[seq - 1]!, n: n(seq) })),
    },
    known: { acknowledged: [1, 2, 3, 4, 6].map((seq) => ({ ...event(seq), id: id(seq) })), inDoubt: [event(5)], mayBeLost: new Set() },
  };
}

const without = <T>(rows: readonly T[], at: number): T[] => rows.filter((_, i) => i !== at);
const change = <T>(rows: readonly T[], at: number, by: Partial<T>): T[] => rows.map((row, i) => (i === at ? { ...row, ...by } : row));
const swapped = <T>(rows: readonly T[], at: number): T[] => [...rows.slice(0, at), rows[at + 1]!, rows[at]!, ...rows.slice(at + 2)];

const found = async (alter: (given: ReturnType<typeof sound>) => { rows?: Partial<StreamRows>; known?: Partial<Known> }): Promise<Invariant[]> => {
  const given = sound();
  const { rows = {}, known = {} } = alter(given);
  const violations = await checkStream({ ...given.rows, ...rows }, { ...given.known, ...known }, proof);
  return [...new Set(violations.map(({ invariant }) => invariant))];
};

test('a sound stream violates nothing', async () => {
  expect(await found(() => ({}))).toEqual([]);
});

test.each<[string, Invariant, Parameters<typeof found>[0]]>([
  ['an acknowledged event that is not in the log', 'acknowledgedIsLogged', ({ rows }) => ({ rows: { log: without(rows.log, 5), inbox: without(rows.inbox, 5), written: without(rows.written, 5) } })],
  ['one that is logged without its business row', 'acknowledgedIsLogged', ({ rows }) => ({ rows: { written: without(rows.written, 0) } })],
  ['a logged event that nobody wrote', 'loggedWasWritten', () => ({ known: { inDoubt: [] } })],
  ['a business row that is told to nobody', 'loggedWasWritten', ({ rows }) => ({ rows: { written: [...rows.written, { id: 'id-7', subject: 'a', n: 9 }] } })],
  ['a logged event that did not arrive', 'loggedArrivedOnce', ({ rows }) => ({ rows: { inbox: without(rows.inbox, 2), arrived: without(rows.arrived, 2) } })],
  ['one that arrived twice', 'loggedArrivedOnce', ({ rows }) => ({ rows: { inbox: [...rows.inbox, { ...rows.inbox[0]!, seq: 7 }] } })],
  ['one that was never sent', 'loggedArrivedOnce', ({ rows }) => ({ rows: { inbox: [...rows.inbox, { ...rows.inbox[0]!, seq: 7, id: 'id-7' }] } })],
  ['a gap', 'sequencesWithoutGap', ({ rows }) => ({ rows: { inbox: change(rows.inbox, 1, { seq: 9 }) } })],
  ['a cursor that is behind', 'sequencesWithoutGap', ({ rows }) => ({ rows: { in: { ...rows.in!, seq: 5 } } })],
  ['a cursor on another envelope', 'sequencesWithoutGap', ({ rows }) => ({ rows: { in: { ...rows.in!, hash: 'other' } } })],
  ['a receipt that is missing', 'sequencesWithoutGap', ({ rows }) => ({ rows: { out: { ...rows.out!, received: 5 } } })],
  ['a halted stream', 'sequencesWithoutGap', ({ rows }) => ({ rows: { out: { ...rows.out!, state: 'HALTED' } } })],
  ['an event that waits', 'sequencesWithoutGap', () => ({ rows: { outbox: [{ id: 'id-7' }] } })],
  ['effects in another order', 'orderBySubject', ({ rows }) => ({ rows: { arrived: swapped(swapped(rows.arrived, 0), 1) } })],
  ['a log in another order', 'orderBySubject', ({ rows }) => ({ rows: { written: change(change(rows.written, 0, { n: 2 }), 2, { n: 1 }) } })],
  ['an effect that is missing', 'effectsAreArrivals', ({ rows }) => ({ rows: { arrived: without(rows.arrived, 0) } })],
  ['an effect that came twice', 'effectsAreArrivals', ({ rows }) => ({ rows: { arrived: [...rows.arrived, { id: id(5), subject: 'a', n: 9 }] } })],
  ['an effect of what is parked', 'effectsAreArrivals', ({ rows }) => ({ rows: { arrived: [...rows.arrived, { id: id(6), subject: 'b', n: 3 }] } })],
  ['an effect of what never came', 'effectsAreArrivals', ({ rows }) => ({ rows: { arrived: [...rows.arrived, { id: 'id-7', subject: 'a', n: 9 }] } })],
  ['a forged envelope', 'chainAndSignatures', ({ rows }) => ({ rows: { log: change(rows.log, 3, { jws: 'forged' }) } })],
  ['a row that says something else than its envelope', 'chainAndSignatures', ({ rows }) => ({ rows: { log: change(rows.log, 3, { digest: 'other', data: 'other' }) } })],
  ['data of another digest', 'chainAndSignatures', ({ rows }) => ({ rows: { log: change(rows.log, 3, { data: 'other' }) } })],
  ['a chain that is broken', 'chainAndSignatures', ({ rows }) => ({ rows: { log: change(rows.log, 2, { hash: 'other' }) } })],
  ['other bytes at the receiver', 'sameBytes', ({ rows }) => ({ rows: { inbox: change(rows.inbox, 3, { jws: 'other' }) } })],
  ['other data at the receiver', 'sameBytes', ({ rows }) => ({ rows: { inbox: change(rows.inbox, 3, { data: 'other' }) } })],
  ['what is parked without a reason', 'parkedIsPoison', ({ rows }) => ({ rows: { inbox: change(rows.inbox, 0, { state: 'PARKED' }) } })],
  ['poison that had its effect', 'parkedIsPoison', ({ rows }) => ({ rows: { inbox: change(rows.inbox, 3, { state: 'APPLIED' }) } })],
  ['what follows poison and had its effect', 'parkedIsPoison', ({ rows }) => ({ rows: { inbox: change(rows.inbox, 5, { state: 'APPLIED' }) } })],
])('finds %s', async (_, invariant, alter) => {
  expect(await found(alter)).toContain(invariant);
});

test('what was lost with a database need not be in the log, and nothing else may be missing', async () => {
  const lost = ({ rows }: ReturnType<typeof sound>) => ({
    log: without(rows.log, 5), inbox: without(rows.inbox, 5), written: without(rows.written, 5), out: { ...rows.out!, seq: 5, received: 5, hash: rows.log[4]!.hash }, in: { ...rows.in!, seq: 5, hash: rows.log[4]!.hash },
  });
  expect(await found((given) => ({ rows: lost(given), known: { mayBeLost: new Set([id(6)]) } }))).toEqual([]);
  expect(await found((given) => ({ rows: lost(given), known: { mayBeLost: new Set([id(5)]) } }))).toEqual(['acknowledgedIsLogged']);
});

test('a row that several senders touch counts each event once', () => {
  const arrived = [{ subject: 'shared-1' }, { subject: 'shared-1' }, { subject: 'shared-2' }];
  expect(checkShared('jiangsu', [{ subject: 'shared-1', arrived: 2 }, { subject: 'shared-2', arrived: 1 }], arrived)).toEqual([]);
  expect(checkShared('jiangsu', [{ subject: 'shared-1', arrived: 3 }, { subject: 'shared-3', arrived: 1 }], arrived).map(({ invariant, what }) => `${invariant}: ${what}`)).toEqual([
    'sharedEffectsOnce: shared-1 counts 3 of 2', 'sharedEffectsOnce: shared-2 counts 0 of 1', 'sharedEffectsOnce: shared-3 counts 1 of 0']);
});
