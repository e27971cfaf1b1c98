import type { Queryable } from '@delta/runtime/db/database';
import type { EventType, OwnEvents, OwnEventsPlace } from '@delta/runtime/exchange/index';

/** The business of the drill: a row at the sender, and a row at the receiver for each event that arrived. */
export interface Drill {
  /** Whom it is for: an event that comes back to its restored sender says so itself. */
  readonly to: string;
  /** Counts up for each subject and receiver. */
  readonly n: number;
  readonly text: string;
  /** Its effect fails for good. */
  readonly poison: boolean;
}

/** `drill.secret` tells of a person: it lies sealed at both ends, and the zone is told none. */
export type DrillType = 'drill.plain' | 'drill.secret';

/** One event of an order. */
export interface DrillOrder extends Drill { readonly type: DrillType; readonly subject: string }

/** Subjects that several senders write about: the effect touches one row for all of them. */
export const isShared = (subject: string): boolean => subject.startsWith('shared-');

/** `drill_last` is the row of a subject that its business locks: who comes late with a smaller number is refused. */
export const drillTables = `
  create table drill_last (peer text, subject text, n integer not null, primary key (peer, subject));
  create table drill_written (id uuid not null, peer text, subject text, n integer, primary key (peer, subject, n));
  create table drill_arrived (place bigint generated always as identity primary key, id uuid not null, peer text not null, subject text not null, n integer not null);
  create table drill_shared (subject text primary key, arrived integer not null)`;

const columns = (events: readonly { readonly subject: string; readonly data: Drill }[]): unknown[] =>
  [events.map(({ data }) => data.to), events.map(({ subject }) => subject), events.map(({ data }) => data.n)];

const lockSubjects = `/* drill.lock */ insert into drill_last (peer, subject, n)
  select peer, subject, max(n) from unnest($1::text[], $2::text[], $3::int[]) as e (peer, subject, n) group by 1, 2 order by 1, 2
  on conflict (peer, subject) do update set n = excluded.n where drill_last.n < excluded.n returning n`;

const keepWritten = `/* drill.write */ insert into drill_written (peer, subject, n, id)
  select * from unnest($1::text[], $2::text[], $3::int[], $4::uuid[]) on conflict do nothing`;

const drillType = (type: DrillType): EventType<Drill> => ({
  type, version: 1, personal: type === 'drill.secret',
  parse(data) {
    const { to, n, text, poison } = (data ?? {}) as Record<string, unknown>;
    if (typeof to !== 'string' || typeof n !== 'number' || typeof text !== 'string' || typeof poison !== 'boolean') throw new Error('no drill');
    return { to, n, text, poison };
  },
  async apply(within, events) {
    if (events.some(({ data }) => data.poison)) throw new Error('poison');
    await within.query('/* drill.arrive */ insert into drill_arrived (id, peer, subject, n) select * from unnest($1::uuid[], $2::text[], $3::text[], $4::int[])',
      [events.map(({ id }) => id), events.map(({ from }) => from), events.map(({ subject }) => subject), events.map(({ data }) => data.n)]);
    for (const { subject } of events.filter((event) => isShared(event.subject))) {
      await within.query('/* drill.share */ insert into drill_shared (subject, arrived) values ($1, 1) on conflict (subject) do update set arrived = drill_shared.arrived + 1', [subject]);
    }
  },
  async restore(within, events) {
    await within.query(lockSubjects, columns(events));
    await within.query(keepWritten, [...columns(events), events.map(({ id }) => id)]);
  },
});

export type WriteOrder = (events: readonly DrillOrder[]) => Promise<readonly string[]>;

/** The drill's kinds of events, and how they are written once the service has taken them up. */
export function drill(): { readonly events: OwnEvents; readonly write: WriteOrder } {
  let place: OwnEventsPlace | undefined;
  return {
    events: (given) => {
      place = given;
      return [drillType('drill.plain'), drillType('drill.secret')] as EventType[];
    },
    /** One business transaction. @returns the events' ids, once it is committed */
    write: (events) => place!.db.transaction(async (within) => {
      const sent = events.map(({ type, subject, ...data }) => ({ to: data.to, type, version: 1, subject, data }));
      await lock(within, sent);
      const ids = await place!.send(within, sent);
      await within.query(keepWritten, [...columns(sent), ids]);
      return ids;
    }),
  };
}

async function lock(within: Queryable, sent: readonly { readonly subject: string; readonly data: Drill }[]): Promise<void> {
  const locked = await within.query(lockSubjects, columns(sent));
  if (locked.length !== new Set(sent.map(({ subject, data }) => `${data.to} ${subject}`)).size) throw new Error('written in the meantime');
}
