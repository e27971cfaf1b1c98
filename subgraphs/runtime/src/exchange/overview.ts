import type { Queryable } from '../db/database.js';

/** How the two streams between this owner and one peer stand: what an operator sees of them. No subject, no data. */
export interface PeerOverview {
  /** A province's slug, or `zone`. */
  readonly peer: string;
  /** Of the stream to it; UNKNOWN until its first receipt. */
  readonly state: 'OPEN' | 'HALTED' | 'UNKNOWN';
  readonly haltedFor: string | null;
  /** Last place given to an event for it, and the place up to which its last receipt goes. */
  readonly sent: number;
  readonly confirmed: number;
  /** Events written and not covered by its receipt, and when the oldest of them was written. */
  readonly lag: number;
  readonly oldestUndelivered: Date | null;
  readonly lastReceipt: Date | null;
  /** Place up to which its events have come, when the last of them came, and how many have no effect yet, counted up to 10,000. */
  readonly received: number;
  readonly lastReceived: Date | null;
  readonly parked: number;
}

/** Past this nobody needs the number, and counting would cost more than knowing it is worth. */
const mostParked = 10_000;

/**
 * One statement for all peers, cheap enough to be asked every second: places are subtracted and single rows looked up by their
 * key; what is counted is the outbox, which is emptied within moments, and what is parked, by its own index and not without end.
 * The oldest event is the first place behind the receipt; before it has a place, the first of the outbox.
 *
 * @param peers who is to be there even if nothing was ever exchanged
 */
export const readOverview = (db: Pick<Queryable, 'query'>, peers: readonly string[]): Promise<PeerOverview[]> => db.query<PeerOverview>(`/* background.exchange.overview */
  with named as (select peer from unnest($1::text[]) as p (peer) union select peer from exchange_stream union select peer from exchange_outbox),
    waiting as (select peer, count(*) as events, min(place) as first from exchange_outbox group by peer)
  select n.peer,
         case when o.state = 'HALTED' then 'HALTED' when o.receipt is null then 'UNKNOWN' else 'OPEN' end as state, o.halted_for as "haltedFor",
         coalesce(o.seq, 0)::float8 as sent, coalesce(o.received_seq, 0)::float8 as confirmed,
         (greatest(coalesce(o.seq - o.received_seq, 0), 0) + coalesce(w.events, 0))::float8 as lag,
         coalesce((select l.at from exchange_log l where l.peer = n.peer and l.seq > o.received_seq order by l.seq limit 1),
                  (select (w1.head::json->>'time')::timestamptz from exchange_outbox w1 where w1.place = w.first)) as "oldestUndelivered",
         o.receipt_at as "lastReceipt",
         coalesce(i.seq, 0)::float8 as received,
         (select e.received_at from exchange_inbox e where e.peer = n.peer and e.seq = i.seq) as "lastReceived",
         (select count(*) from (select from exchange_inbox e where e.peer = n.peer and e.state = 'PARKED' limit ${mostParked}) p)::float8 as parked
    from named n
    left join exchange_stream o on o.peer = n.peer and o.direction = 'OUT'
    left join exchange_stream i on i.peer = n.peer and i.direction = 'IN'
    left join waiting w on w.peer = n.peer
   order by n.peer`, [peers]);

/** How often messages were refused since a moment, by peer, side and code. */
export interface RefusalCount { readonly peer: string; readonly side: 'SENT' | 'RECEIVED'; readonly code: string; readonly count: number; readonly lastAt: Date }

export const countRefusals = (db: Pick<Queryable, 'query'>, since: Date): Promise<RefusalCount[]> => db.query<RefusalCount>(`/* background.exchange.refusals */
  select peer, side, code, count(*)::int as count, max(at) as "lastAt" from exchange_refusal where at > $1 group by peer, side, code order by peer, side, code`, [since]);

/** A parked event without its subject and data. */
export interface ParkedPlace {
  readonly peer: string; readonly seq: number; readonly type: string; readonly version: number; readonly reason: string; readonly writtenAt: Date; readonly receivedAt: Date;
}

/** What is parked after a place, by peer and place; one row more than `limit` tells whether more follow. */
export const listParked = (db: Pick<Queryable, 'query'>, after: Pick<ParkedPlace, 'peer' | 'seq'> | null, limit: number): Promise<ParkedPlace[]> => db.query<ParkedPlace>(`/* exchange.parked */
  select peer, seq::float8 as seq, type, version, reason, at as "writtenAt", received_at as "receivedAt" from exchange_inbox
   where state = 'PARKED' and (peer, seq) > ($1, $2) order by peer, seq limit $3`, [after?.peer ?? '', after?.seq ?? 0, limit + 1]);
