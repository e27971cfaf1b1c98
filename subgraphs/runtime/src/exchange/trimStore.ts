import type { Queryable } from '../db/database.js';

/**
 * Each looks at the oldest places of every stream, `limit` of them, and deletes from the front for as long as all before it may go:
 * so what is left of a stream is one unbroken stretch, and an hourly look costs what there is to delete.
 */

/** What was sent before a time, and lies before the place of the peer's last receipt. @returns how many were deleted */
export const trimLog = async (db: Pick<Queryable, 'query'>, before: Date, limit: number): Promise<number> => (await db.query<{ gone: number }>(`/* background.exchange.trimLog */
  with front as (
    select l.peer, l.seq, bool_and(l.at < $1 and l.seq < s.received_seq) over (partition by l.peer order by l.seq) as old
      from exchange_stream s cross join lateral (select peer, seq, at from exchange_log where peer = s.peer order by seq limit $2) l
     where s.direction = 'OUT' and s.state = 'OPEN'),
  gone as (delete from exchange_log l using front f where f.old and l.peer = f.peer and l.seq = f.seq returning 1)
  select count(*)::integer as gone from gone`, [before, limit]))[0]!.gone;

/** What was received before a time, but neither what is parked nor the last event of a stream. @returns how many were deleted */
export const trimInbox = async (db: Pick<Queryable, 'query'>, before: Date, limit: number): Promise<number> => (await db.query<{ gone: number }>(`/* background.exchange.trimInbox */
  with front as (
    select i.peer, i.seq, bool_and(i.received_at < $1 and i.seq < s.seq) over (partition by i.peer order by i.seq) as old
      from exchange_stream s cross join lateral (
        select peer, seq, received_at from exchange_inbox where peer = s.peer and state <> 'PARKED' order by seq limit $2) i
     where s.direction = 'IN'),
  gone as (delete from exchange_inbox i using front f where f.old and i.peer = f.peer and i.seq = f.seq and i.state <> 'PARKED' returning 1)
  select count(*)::integer as gone from gone`, [before, limit]))[0]!.gone;
