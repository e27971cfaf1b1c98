import { binaryArray, type ElementType } from '../db/binaryArray.js';
import type { Queryable, Transaction } from '../db/database.js';
import { beginning } from './signedEvent.js';
import { outboxHead, outboxId } from './tables.js';
import type { EventHead, ParkedReason, Position, StreamState } from './types.js';

/** Rows come and go as parallel arrays, one statement for any number of them. */
const columnTypes = {
  place: 'int8', seq: 'int8', id: 'uuid', peer: 'text', head: 'text', type: 'text', version: 'int4', subject: 'text', at: 'timestamptz', digest: 'text', jws: 'text', hash: 'text',
  sealed: 'bool', data: 'bytea', state: 'text', reason: 'text',
} as const satisfies Record<string, ElementType>;
const column = <Row, K extends keyof Row & keyof typeof columnTypes>(rows: readonly Row[], name: K): Buffer => binaryArray(columnTypes[name], rows.map((row) => row[name]) as never);
const columns = <Row, K extends keyof Row & keyof typeof columnTypes>(rows: readonly Row[], names: readonly K[]): Buffer[] => names.map((name) => column(rows, name));

/** What an event says of itself before it has a place. One text in the outbox, since each column would cost every business transaction. */
export interface OutboxHead extends Omit<EventHead, 'seq' | 'epoch' | 'previous'> { readonly sealed: boolean }

export interface OutboxRow { readonly peer: string; readonly head: OutboxHead; readonly data: Buffer }

/** Most transactions tell one event or a few: plain values, planned once a connection, cost half of what arrays do. Nobody waits for them by themselves. */
const fewRows = Array.from({ length: 5 }, (_, count) => `/* background.exchange.send */ /* prepared */
    insert into exchange_outbox (peer, head, data) values ${Array.from({ length: count }, (_row, i) => `($${3 * i + 1}, $${3 * i + 2}, $${3 * i + 3})`).join(', ')}`);

export const insertOutbox = (within: Pick<Transaction, 'later'>, rows: readonly OutboxRow[]): void => {
  const few = fewRows[rows.length];
  if (few !== undefined) {
    within.later(few, rows.flatMap(({ peer, head, data }) => [peer, JSON.stringify(head), data]));
    return;
  }
  within.later(`/* background.exchange.sendMany */
    insert into exchange_outbox (peer, head, data) select * from unnest($1::text[], $2::text[], $3::bytea[])`,
  columns(rows.map((row) => ({ ...row, head: JSON.stringify(row.head) })), ['peer', 'head', 'data']));
};

/** Peers for whom something waits in the outbox: along the key, which forgets at once what was taken out, while the table keeps it until it is vacuumed. */
export const peersWaiting = async (db: Pick<Queryable, 'query'>): Promise<string[]> => (await db.query<{ peer: string }>(
  '/* background.exchange.waiting */ select distinct peer from (select peer from exchange_outbox order by place limit 5000) o')).map(({ peer }) => peer);

/** A row of the outbox as far as its envelope needs it. */
export interface WaitingEvent { readonly place: string; readonly head: OutboxHead }

/** The oldest rows for a peer, in the order in which they were written. Who holds the stream's lock is the only one who takes any away. */
export const nextWaiting = async (within: Queryable, peer: string, limit: number): Promise<WaitingEvent[]> => (await within.query<{ place: string; head: string }>(`/* background.exchange.next */
  select place, head from exchange_outbox where peer = $1 order by place limit $2`, [peer, limit])).map(({ place, head }) => ({ place, head: JSON.parse(head) as OutboxHead }));

/** What a row of the outbox came to be. */
export interface Placed extends Omit<StoredEvent, 'data'> { readonly place: string }

const placedColumns = ['place', 'seq', 'id', 'type', 'version', 'subject', 'at', 'digest', 'jws', 'hash', 'sealed'] as const satisfies readonly (keyof Placed)[];

/** Moves rows of the outbox to their places in the log; their data stay in the database. */
export const moveToLog = async (within: Queryable, peer: string, placed: readonly Placed[]): Promise<void> => {
  await within.query(`/* background.exchange.place */
    with taken as (delete from exchange_outbox where place = any($2::bigint[]) returning place, data)
    insert into exchange_log (peer, ${storedColumns.join(', ')})
    select $1, ${storedColumns.map((name) => (name === 'data' ? 't.data' : `p.${name}`)).join(', ')}
      from unnest($2::bigint[], $3::bigint[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::boolean[])
        as p (${placedColumns.join(', ')}) join taken t on t.place = p.place`,
  [peer, ...columns(placed, placedColumns)]);
};

/** An event as either side stores it. */
export interface StoredEvent {
  readonly seq: number; readonly id: string; readonly type: string; readonly version: number; readonly subject: string; readonly at: Date;
  readonly digest: string; readonly jws: string; readonly hash: string; readonly sealed: boolean; readonly data: Buffer | null;
}

const storedColumns = ['seq', 'id', 'type', 'version', 'subject', 'at', 'digest', 'jws', 'hash', 'sealed', 'data'] as const satisfies readonly (keyof StoredEvent)[];

const stored = 'seq::float8 as seq, id, type, version, subject, at, digest, jws, hash, sealed, data';

export const insertLog = async (within: Queryable, peer: string, rows: readonly StoredEvent[]): Promise<void> => {
  await within.query(`/* background.exchange.log */
    insert into exchange_log (peer, ${storedColumns.join(', ')})
    select $1, * from unnest($2::bigint[], $3::uuid[], $4::text[], $5::int[], $6::text[], $7::timestamptz[], $8::text[], $9::text[], $10::text[], $11::boolean[], $12::bytea[])`,
  [peer, ...columns(rows, storedColumns)]);
};

/** As much of a stored event as travels. */
export type SendableEvent = Pick<StoredEvent, 'seq' | 'id' | 'subject' | 'jws' | 'hash' | 'sealed' | 'data'>;

/** What was sent to a peer after a place, in order. */
export const readLog = (db: Pick<Queryable, 'query'>, peer: string, after: number, limit: number): Promise<SendableEvent[]> => db.query<SendableEvent>(`/* background.exchange.read */
  select seq::float8 as seq, id, subject, jws, hash, sealed, data from exchange_log where peer = $1 and seq > $2 order by seq limit $3`, [peer, after, limit]);

/** What was received from a peer after a place, in order. */
export const readInbox = (db: Pick<Queryable, 'query'>, peer: string, after: number, limit: number): Promise<SendableEvent[]> => db.query<SendableEvent>(`/* background.exchange.readInbox */
  select seq::float8 as seq, id, subject, jws, hash, sealed, data from exchange_inbox where peer = $1 and seq > $2 order by seq limit $3`, [peer, after, limit]);

export type Direction = 'OUT' | 'IN';

export interface Stream extends Position {
  readonly state: StreamState;
  /** OUT: up to where the peer has it. */
  readonly received: number;
}

const streamColumns = 'epoch, seq::float8 as seq, hash, state, received_seq::float8 as received';

/** The stream's row, made when it is missing, locked until the transaction ends: one mover at a time. */
export async function lockStream(within: Queryable, peer: string, direction: Direction): Promise<Stream> {
  const find = async (): Promise<Stream | undefined> => (await within.query<Stream>(`/* background.exchange.lock */
    select ${streamColumns} from exchange_stream where peer = $1 and direction = $2 for update`, [peer, direction]))[0];
  const found = await find();
  if (found) return found;
  await beginStream(within, peer, direction);
  return (await find())!;
}

export const beginStream = async (db: Pick<Queryable, 'query'>, peer: string, direction: Direction): Promise<void> => {
  await db.query('/* background.exchange.begin */ insert into exchange_stream (peer, direction, hash) values ($1, $2, $3) on conflict do nothing', [peer, direction, beginning]);
};

export const readStream = async (db: Pick<Queryable, 'query'>, peer: string, direction: Direction): Promise<Stream | undefined> => (await db.query<Stream>(
  `/* background.exchange.stream */ select ${streamColumns} from exchange_stream where peer = $1 and direction = $2`, [peer, direction]))[0];

export const moveStream = async (within: Queryable, peer: string, direction: Direction, { seq, hash, epoch }: Position): Promise<void> => {
  await within.query('/* background.exchange.move */ update exchange_stream set seq = $3, hash = $4, epoch = $5 where peer = $1 and direction = $2', [peer, direction, seq, hash, epoch]);
};

/** Keeps a receipt: the peer's last word counts, also where it has gone back. An older one that comes late only has events sent twice. */
export const keepReceipt = async (db: Pick<Queryable, 'query'>, peer: string, { seq }: Position, receipt: string, at: Date): Promise<void> => {
  await db.query(`/* background.exchange.receipt */
    update exchange_stream set received_seq = $2, receipt = $3, receipt_at = $4 where peer = $1 and direction = 'OUT'`, [peer, seq, receipt, at]);
};

/** Nothing is sent to this peer any more until an operator has acted. */
export const haltStream = async (db: Pick<Queryable, 'query'>, peer: string, code: string): Promise<void> => {
  await db.query("/* background.exchange.halt */ update exchange_stream set state = 'HALTED', halted_for = $2 where peer = $1 and direction = 'OUT'", [peer, code]);
};

/** An operator has acted: what waits is sent again. */
export const openStream = async (within: Queryable, peer: string): Promise<void> => {
  await within.query("/* background.exchange.open */ update exchange_stream set state = 'OPEN', halted_for = null where peer = $1 and direction = 'OUT'", [peer]);
};

/** Hash of the envelope at a place of what was sent, or of what was received; undefined where there is none (any more). */
export const hashAt = async (db: Pick<Queryable, 'query'>, table: 'exchange_log' | 'exchange_inbox', peer: string, seq: number): Promise<string | undefined> =>
  (await db.query<{ hash: string }>(`/* background.exchange.hashAt */ select hash from ${table} where peer = $1 and seq = $2`, [peer, seq]))[0]?.hash;

export const oldestKept = async (db: Pick<Queryable, 'query'>, peer: string): Promise<number | undefined> =>
  (await db.query<{ seq: number | null }>('/* background.exchange.oldest */ select min(seq)::float8 as seq from exchange_log where peer = $1', [peer]))[0]?.seq ?? undefined;

export interface InboxRow extends StoredEvent { readonly state: 'APPLIED' | 'PARKED'; readonly reason: ParkedReason | null }

export const insertInbox = async (within: Queryable, peer: string, rows: readonly InboxRow[], receivedAt: Date): Promise<void> => {
  await within.query(`/* background.exchange.receive */
    insert into exchange_inbox (peer, received_at, ${storedColumns.join(', ')}, state, reason)
    select $1, $2, * from unnest($3::bigint[], $4::uuid[], $5::text[], $6::int[], $7::text[], $8::timestamptz[], $9::text[], $10::text[], $11::text[], $12::boolean[], $13::bytea[], $14::text[], $15::text[])`,
  [peer, receivedAt, ...columns(rows, [...storedColumns, 'state', 'reason'])]);
};

/** Of these subjects, those that an event of this peer is parked for. */
export const parkedSubjects = async (within: Queryable, peer: string, subjects: readonly string[]): Promise<Set<string>> => new Set((await within.query<{ subject: string }>(`/* background.exchange.parkedSubjects */
  select distinct subject from exchange_inbox where peer = $1 and state = 'PARKED' and subject = any($2)`, [peer, subjects])).map(({ subject }) => subject));

export interface KeyRow { readonly subject: string; readonly suite: string; readonly version: string; readonly bytes: Buffer }

/** The data keys of subjects; where there is none yet, the one that is offered. Whoever comes second takes the first one's. */
export async function findOrKeepKeys(within: Queryable, offered: readonly KeyRow[]): Promise<KeyRow[]> {
  await within.query(`/* background.exchange.keepKeys */ /* prepared */
    insert into exchange_key (subject, crypto_suite, key_version, data_key) select * from unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) on conflict do nothing`,
  [offered.map(({ subject }) => subject), offered.map(({ suite }) => suite), offered.map(({ version }) => version), offered.map(({ bytes }) => bytes)]);
  return findKeys(within, offered.map(({ subject }) => subject));
}

export const findKeys = (db: Pick<Queryable, 'query'>, subjects: readonly string[]): Promise<KeyRow[]> => db.query<KeyRow>(`/* background.exchange.keys */
  select subject, crypto_suite as suite, key_version as version, data_key as bytes from exchange_key where subject = any($1)`, [subjects]);

/** Destroys a subject's data key: whatever was told or will be read of that person is gone, on this side. */
export const forgetSubject = async (within: Queryable, subject: string): Promise<void> => {
  await within.query('/* background.exchange.forget */ delete from exchange_key where subject = $1', [subject]);
};

export const recordRefusal = async (db: Pick<Queryable, 'query'>, refusal: { readonly id: string; readonly at: Date; readonly peer: string; readonly side: 'SENT' | 'RECEIVED'; readonly code: string }): Promise<void> => {
  await db.query('/* background.exchange.refuse */ insert into exchange_refusal (id, at, peer, side, code) values ($1, $2, $3, $4, $5)', [refusal.id, refusal.at, refusal.peer, refusal.side, refusal.code]);
};

/**
 * Takes back what was sent after a place and did not arrive: it waits before everything else that waits, in its order. Places are
 * drawn from the last to the first and count downwards, so those of two streams, or of two recoveries, never meet.
 * @returns how many
 */
export async function returnToOutbox(within: Queryable, peer: string, after: number): Promise<number> {
  const rows = await within.query<{ place: string }>(`/* background.exchange.return */
    with back as (delete from exchange_log where peer = $1 and seq > $2 returning *)
    insert into exchange_outbox (place, peer, head, data) overriding system value
    select -nextval(pg_get_serial_sequence('exchange_outbox', 'place')), peer, ${outboxHead}, data
      from (select * from back where data is not null order by seq desc) b returning place`, [peer, after]);
  return rows.length;
}

/** Takes out of the outbox what is in the log already: a peer has told us that we had sent it. */
export const dropWaiting = async (within: Queryable, peer: string, ids: readonly string[]): Promise<void> => {
  await within.query(`/* background.exchange.known */ delete from exchange_outbox where peer = $1 and ${outboxId} = any($2)`, [peer, ids]);
};

export interface ParkedEvent extends StoredEvent { readonly reason: ParkedReason; readonly receivedAt: Date }

const parkedColumns = `${stored}, reason, received_at as "receivedAt"`;

export const findParked = async (db: Pick<Queryable, 'query'>, peer: string, seq: number): Promise<ParkedEvent | undefined> => (await db.query<ParkedEvent>(`/* background.exchange.findParked */
  select ${parkedColumns} from exchange_inbox where peer = $1 and seq = $2 and state = 'PARKED'`, [peer, seq]))[0];

/** Everything that is parked about one subject, in order. */
export const parkedAbout = (db: Pick<Queryable, 'query'>, peer: string, subject: string): Promise<ParkedEvent[]> => db.query<ParkedEvent>(`/* background.exchange.parkedAbout */
  select ${parkedColumns} from exchange_inbox where peer = $1 and subject = $2 and state = 'PARKED' order by seq`, [peer, subject]);

export interface Settlement { readonly seq: number; readonly state: 'APPLIED' | 'PARKED' | 'DISCARDED'; readonly reason: string | null }

export const settle = async (within: Queryable, peer: string, settlements: readonly Settlement[], at: Date): Promise<void> => {
  await within.query(`/* background.exchange.settle */
    update exchange_inbox i set state = s.state, reason = s.reason, settled_at = $2
      from unnest($3::bigint[], $4::text[], $5::text[]) as s (seq, state, reason) where i.peer = $1 and i.seq = s.seq`,
  [peer, at, column(settlements, 'seq'), column(settlements, 'state'), column(settlements, 'reason')]);
};

/** Takes the lease of a peer that nobody holds any more, or renews one's own; by the database's clock, which all replicas share. */
export const takeLease = async (db: Pick<Queryable, 'query'>, peer: string, holder: string, ms: number): Promise<boolean> => (await db.query(`/* background.exchange.lease */
  insert into exchange_lease as l (peer, holder, until) values ($1, $2, clock_timestamp() + $3 * interval '1 millisecond')
  on conflict (peer) do update set holder = excluded.holder, until = excluded.until where l.holder = excluded.holder or l.until < clock_timestamp() returning peer`,
[peer, holder, ms])).length > 0;

/** @returns those that are still the holder's */
export const renewLeases = async (db: Pick<Queryable, 'query'>, peers: readonly string[], holder: string, ms: number): Promise<string[]> => (await db.query<{ peer: string }>(`/* background.exchange.renew */
  with renewed as (update exchange_lease set until = clock_timestamp() + $3 * interval '1 millisecond' where peer = any($1) and holder = $2 returning peer) select peer from renewed`,
[peers, holder, ms])).map(({ peer }) => peer);

export const giveLeases = async (db: Pick<Queryable, 'query'>, holder: string): Promise<void> => {
  await db.query('/* background.exchange.give */ delete from exchange_lease where holder = $1', [holder]);
};
