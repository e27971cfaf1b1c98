import type { Acknowledged, Written } from './workload.js';

/** An event in its sender's log or in its receiver's inbox. */
export interface EventRow {
  readonly seq: number; readonly id: string; readonly type: string; readonly subject: string; readonly jws: string; readonly hash: string; readonly digest: string;
  /** SHA-256 of the data as it is stored, base64url; null where it lies sealed. */
  readonly data: string | null;
  /** Of the inbox. */
  readonly state?: string;
}

export interface CursorRow { readonly seq: number; readonly hash: string; readonly epoch: number; readonly state: string; readonly received: number }

/** All that both ends keep of one stream. */
export interface StreamRows {
  readonly from: string; readonly to: string;
  readonly outbox: readonly { readonly id: string }[];
  readonly log: readonly EventRow[];
  readonly inbox: readonly EventRow[];
  readonly out: CursorRow | undefined;
  readonly in: CursorRow | undefined;
  /** What the sender's business has written. */
  readonly written: readonly { readonly id: string; readonly subject: string; readonly n: number }[];
  /** The effects at the receiver, in their order. */
  readonly arrived: readonly { readonly id: string; readonly subject: string; readonly n: number }[];
}

/** What whoever wrote knows of one stream. */
export interface Known {
  readonly acknowledged: readonly Acknowledged[];
  readonly inDoubt: readonly Written[];
  /** What was lost with an owner's database before it reached anybody. */
  readonly mayBeLost: ReadonlySet<string>;
}

/** What an envelope says, once its signature is proven. */
export interface Head { readonly id: string; readonly type: string; readonly subject: string; readonly seq: number; readonly epoch: number; readonly previous: string; readonly digest: string }

export interface Proof {
  /** @throws when it is not the sender's, for this receiver */
  read(jws: string): Promise<Head>;
  hashOf(jws: string): string;
  readonly beginning: string;
}

export const invariants = [
  'acknowledgedIsLogged', 'loggedWasWritten', 'loggedArrivedOnce', 'sequencesWithoutGap', 'orderBySubject', 'effectsAreArrivals',
  'chainAndSignatures', 'sameBytes', 'parkedIsPoison', 'sharedEffectsOnce', 'steady',
] as const;

export type Invariant = (typeof invariants)[number];

export interface Violation { readonly invariant: Invariant; readonly where: string; readonly what: string }

const isDrill = ({ type }: { readonly type: string }): boolean => type.startsWith('drill.');

/** Holds what both ends keep of a stream against what was written to it, once nothing moves any more. */
export async function checkStream(rows: StreamRows, known: Known, proof: Proof): Promise<Violation[]> {
  const found: Violation[] = [];
  const where = `${rows.from} to ${rows.to}`;
  const blame = (invariant: Invariant, what: string): void => { found.push({ invariant, where, what }); };
  checkLog(rows, known, blame);
  checkArrivals(rows, blame);
  checkPlaces(rows, blame);
  checkOrder(rows, blame);
  checkParked(rows, known, blame);
  await checkProofs(rows, proof, blame);
  return found;
}

type Blame = (invariant: Invariant, what: string) => void;

/** Every acknowledged id is in the sender's log with its business row, and nothing is that was neither acknowledged nor in doubt. */
function checkLog({ log, written }: StreamRows, { acknowledged, inDoubt, mayBeLost }: Known, blame: Blame): void {
  const logged = new Map(log.filter(isDrill).map((row) => [row.id, row]));
  const business = new Map(written.map((row) => [row.id, row]));
  for (const { id, subject, n } of acknowledged) {
    const row = logged.get(id);
    if (!row && !mayBeLost.has(id)) blame('acknowledgedIsLogged', `${subject} ${n} (${id}) is not in the log`);
    else if (row && row.subject !== subject) blame('acknowledgedIsLogged', `${id} is about ${row.subject} instead of ${subject}`);
    if (row && business.get(id)?.n !== n) blame('acknowledgedIsLogged', `${subject} ${n} (${id}) has no business row`);
  }
  const answered = new Set(acknowledged.map(({ id }) => id));
  const doubtful = new Set(inDoubt.map(({ subject, n }) => `${subject} ${n}`));
  for (const id of logged.keys()) {
    if (answered.has(id)) continue;
    const row = business.get(id);
    if (!row || !doubtful.has(`${row.subject} ${row.n}`)) blame('loggedWasWritten', `${id} was neither acknowledged nor in doubt`);
  }
  for (const { id, subject, n } of written) if (!logged.has(id)) blame('loggedWasWritten', `the business row ${subject} ${n} (${id}) is told to nobody`);
}

/** Each logged event stands once in the inbox, and has one effect there unless it is parked. */
function checkArrivals({ log, inbox, arrived }: StreamRows, blame: Blame): void {
  const received = countBy(inbox.map(({ id }) => id));
  for (const { id, seq } of log) if (received.get(id) !== 1) blame('loggedArrivedOnce', `${seq} (${id}) arrived ${received.get(id) ?? 0} times`);
  const logged = new Set(log.map(({ id }) => id));
  for (const { id, seq } of inbox) if (!logged.has(id)) blame('loggedArrivedOnce', `${seq} (${id}) arrived and is not in the log`);
  const effects = countBy(arrived.map(({ id }) => id));
  for (const { id, seq, state } of inbox.filter(isDrill)) {
    const wanted = state === 'APPLIED' ? 1 : 0;
    if ((effects.get(id) ?? 0) !== wanted) blame('effectsAreArrivals', `${seq} (${id}), ${state}, has ${effects.get(id) ?? 0} effects`);
    effects.delete(id);
  }
  for (const id of effects.keys()) blame('effectsAreArrivals', `${id} has an effect and is not in the inbox`);
}

/** Places are 1 to N at both ends, both cursors stand at N, and nothing waits. */
function checkPlaces({ outbox, log, inbox, out, in: into }: StreamRows, blame: Blame): void {
  const last = log.at(-1)?.seq ?? 0;
  for (const [name, rows] of [['log', log], ['inbox', inbox]] as const) {
    const at = rows.findIndex(({ seq }, i) => seq !== i + 1);
    if (at >= 0) blame('sequencesWithoutGap', `in the ${name} ${rows[at]!.seq} stands where ${at + 1} should`);
    if (rows.length !== last) blame('sequencesWithoutGap', `the ${name} has ${rows.length} of ${last} events`);
  }
  const hash = log.at(-1)?.hash;
  for (const [name, cursor] of [['sender', out], ['receiver', into]] as const) {
    if (last > 0 && (cursor?.seq !== last || cursor.hash !== hash)) blame('sequencesWithoutGap', `the ${name}'s cursor stands at ${cursor?.seq}, not at ${last}, or on another envelope`);
  }
  if (out && (out.received !== last || out.state !== 'OPEN')) blame('sequencesWithoutGap', `the receipt is for ${out.received} of ${last}, the stream ${out.state}`);
  if (outbox.length > 0) blame('sequencesWithoutGap', `${outbox.length} events have no place`);
}

/** What was written about one subject stands, and had its effects, in that order. */
function checkOrder({ log, arrived, written }: StreamRows, blame: Blame): void {
  const numbers = new Map(written.map(({ id, n }) => [id, n]));
  const inLog = log.filter(isDrill).flatMap(({ id, subject }) => { const n = numbers.get(id); return n === undefined ? [] : [{ id, subject, n }]; });
  for (const [name, rows] of [['log', inLog], ['effects', arrived]] as const) {
    const before = new Map<string, number>();
    for (const { subject, n } of rows) {
      if (n <= (before.get(subject) ?? 0)) blame('orderBySubject', `in the ${name} ${subject} ${n} comes after ${before.get(subject)}`);
      before.set(subject, n);
    }
  }
}

/** Parked are the poisoned and what follows them about their subject, and nothing else. */
function checkParked({ inbox, written }: StreamRows, { acknowledged, inDoubt }: Known, blame: Blame): void {
  const poisoned = new Set([...acknowledged, ...inDoubt].filter(({ poison }) => poison).map(({ subject, n }) => `${subject} ${n}`));
  const numbers = new Map(written.map(({ id, n }) => [id, n]));
  const behind = new Set<string>();
  for (const row of inbox) {
    if (isDrill(row) && poisoned.has(`${row.subject} ${numbers.get(row.id)}`)) behind.add(row.subject);
    const wanted = behind.has(row.subject) ? 'PARKED' : 'APPLIED';
    if (row.state !== wanted) blame('parkedIsPoison', `${row.seq} about ${row.subject} (${row.type}) is ${row.state}, not ${wanted}`);
  }
}

/** Each envelope is signed, says what stands beside it, and follows from the one before; the receiver keeps the same bytes. */
async function checkProofs({ log, inbox }: StreamRows, proof: Proof, blame: Blame): Promise<void> {
  let [previous, epoch] = [proof.beginning, 1];
  for (const row of log) {
    const head = await proof.read(row.jws).catch((error: unknown) => { blame('chainAndSignatures', `${row.seq}: ${String(error)}`); return undefined; });
    if (head) {
      const same = head.id === row.id && head.type === row.type && head.subject === row.subject && head.seq === row.seq && head.digest === row.digest && (row.data === null || row.data === row.digest);
      if (!same) blame('chainAndSignatures', `${row.seq} says something else than its envelope`);
      if (head.previous !== previous || head.epoch < epoch) blame('chainAndSignatures', `${row.seq} does not follow from what stands before it`);
      epoch = head.epoch;
    }
    if (proof.hashOf(row.jws) !== row.hash) blame('chainAndSignatures', `${row.seq} has another hash`);
    previous = row.hash;
  }
  const sent = new Map(log.map((row) => [row.seq, row]));
  for (const { seq, jws, data } of inbox) {
    const own = sent.get(seq);
    if (own && (own.jws !== jws || (own.data !== null && data !== null && own.data !== data))) blame('sameBytes', `at ${seq} sender and receiver keep different events`);
  }
}

/** A row that several senders' events touch counts each of them once. */
export function checkShared(where: string, shared: readonly { readonly subject: string; readonly arrived: number }[], arrived: readonly { readonly subject: string }[]): Violation[] {
  const counts = countBy(arrived.map(({ subject }) => subject));
  return [...new Set([...counts.keys(), ...shared.map(({ subject }) => subject)])].flatMap((subject) => {
    const said = shared.find((row) => row.subject === subject)?.arrived ?? 0;
    return said === (counts.get(subject) ?? 0) ? [] : [{ invariant: 'sharedEffectsOnce' as const, where, what: `${subject} counts ${said} of ${counts.get(subject) ?? 0}` }];
  });
}

const countBy = (values: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};
