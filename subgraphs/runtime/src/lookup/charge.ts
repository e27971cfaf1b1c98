import type { Viewer } from '@delta/schema/viewer';
import type { Queryable } from '../db/database.js';
import { bucketsOfWindow, bucketSeconds, shardsOf } from './rules.js';
import type { FullScope, Limit } from './types.js';

/** Forgets what no window holds any more, also because it says whom somebody asked about. */
export const forgetUsage = (db: Queryable, now: Date): Promise<unknown> => db.query('/* background.lookupUsage */ delete from lookup_usage where ends_at < $1', [now]);

/** An act of asking: whom it is about, and by what it is known again when it is repeated. */
export type Ask = { readonly clientKey: string } & (
  | { readonly act: 'LOOKUP' | 'CASE'; readonly blindIndex: string; readonly purpose: string }
  | { readonly act: 'REVEAL'; readonly lookupId: string }
);

/**
 * Charges an act of asking to all its scopes, unless one of them is full; answers the full ones. One statement, committed by
 * itself: what is refused later stays charged. A repetition of a recorded act is free, and one refused here charges nobody,
 * so that hammering at a full counter keeps no one else out.
 *
 * Full is judged twice. First by what this statement sees; then by the counters as they are after adding, since one who adds
 * to the same row at the same time waits for the other and sees its figure. Rows are added in the order of the scopes, the
 * same for all, so nobody waits in a circle. Losing the last moments of a counter in a crash harms nobody; waiting for the
 * disk at each ask would.
 */
export const chargeAsk = (db: Queryable, limits: readonly Limit[], province: string, viewer: Viewer, ask: Ask, now: Date): Promise<FullScope[]> => {
  const subjects = { PERSON: ask.act === 'REVEAL' ? null : ask.blindIndex, VIEWER: `${viewer.issuer} ${viewer.subject}`, ORGANIZATION: viewer.organization, PROVINCE: province };
  return db.query<FullScope>(`/* lookup.charge */
    with own as (
      select l.blind_index from lookup l where l.id = $9 and l.viewer_issuer = $7 and l.viewer_subject = $8
    ), asked as (
      select s.rank, s.scope, coalesce(s.subject, (select blind_index from own)) as subject, s.admits, s.seconds,
             floor(extract(epoch from $6::timestamptz) / s.seconds)::bigint as bucket, floor(random() * s.shards)::smallint as shard,
             set_config('synchronous_commit', 'off', true)
        from unnest($1::text[], $2::text[], $3::int[], $4::float8[], $5::int[]) with ordinality as s (scope, subject, admits, seconds, shards, rank)
    ), repeated as (
      select case $10
        when 'CASE' then exists (select from case_file f where f.viewer_issuer = $7 and f.viewer_subject = $8 and f.client_key = $11 and f.blind_index = $12 and f.purpose = $13)
        when 'REVEAL' then exists (select from lookup l where l.viewer_issuer = $7 and l.viewer_subject = $8 and l.client_key = $11 and l.reveals = $9)
        else exists (select from lookup l where l.viewer_issuer = $7 and l.viewer_subject = $8 and l.client_key = $11 and l.blind_index = $12 and l.purpose = $13 and l.reveals is null)
      end as done
    ), seen as (
      select a.rank, u.bucket, sum(u.charges) as charges, sum(u.charges) filter (where u.bucket = a.bucket and u.shard = a.shard) as mine
        from asked a join lookup_usage u on u.scope = a.scope and u.subject = a.subject and u.bucket between a.bucket - $14 and a.bucket
       group by a.rank, u.bucket
    ), used as (
      select rank, sum(charges) as charges, sum(mine) as mine, jsonb_object_agg(bucket, charges) as buckets from seen group by rank
    ), added as (
      insert into lookup_usage as u (scope, subject, bucket, shard, charges, ends_at)
      select a.scope, a.subject, a.bucket, a.shard, 1, to_timestamp((a.bucket + $14 + 1) * a.seconds) from asked a
       where a.subject is not null and not (select done from repeated) and not exists (select from asked full_ join used using (rank) where used.charges >= full_.admits)
       order by a.rank
          on conflict (scope, subject, bucket, shard) do update set charges = u.charges + 1
      returning u.scope, u.charges
    )
    select a.scope, coalesce(used.buckets, '{}') || jsonb_build_object(a.bucket, coalesce((used.buckets ->> a.bucket::text)::int, 0) - coalesce(used.mine, 0) + coalesce(added.charges, used.mine, 0)) as used
      from asked a left join used using (rank) left join added using (scope)
     where not (select done from repeated)
       and (coalesce(used.charges, 0) - coalesce(used.mine, 0) + coalesce(added.charges, 0) > a.admits or (added.scope is null and used.charges >= a.admits))`, [
    limits.map(({ scope }) => scope), limits.map(({ scope }) => subjects[scope]), limits.map(({ admits }) => admits), limits.map(bucketSeconds), limits.map(shardsOf),
    now, viewer.issuer, viewer.subject, ask.act === 'REVEAL' ? ask.lookupId : null, ask.act, ask.clientKey,
    ask.act === 'REVEAL' ? null : ask.blindIndex, ask.act === 'REVEAL' ? null : ask.purpose, bucketsOfWindow,
  ]);
};
