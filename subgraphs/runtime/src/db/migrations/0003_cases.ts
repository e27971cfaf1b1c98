import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Charges one act of asking to all its scopes, unless one of them is full; answers the full ones, with how many were asked in
 * which bucket of time. A function keeps its plans: sent as one statement, the same work would be planned anew at each ask.
 *
 * A repetition of a recorded act is free. One refused here charges nobody, so that hammering at a full counter keeps no one
 * else out. Full is judged twice: first by what is there, so that a refusal writes nothing; then again after adding. Who adds
 * to a row waits for the other who does, and each statement in here sees what was committed before it, so a counter of one row
 * is exact. Rows are added in the order of the scopes, the same for all, so nobody waits in a circle.
 *
 * Losing the last moments of a counter in a crash harms nobody; waiting for the disk at each ask would.
 */
const charge = `
  create function lookup_charge(
    act text, ask_key text, ask_index text, ask_purpose text, ask_lookup text, asker_issuer text, asker text,
    scopes text[], subjects text[], admits integer[], seconds float8[], shards integer[], twelfths integer, at timestamptz)
  returns table (full_scope text, used jsonb) language plpgsql as $$
  declare
    repeated boolean;
    buckets bigint[];
    places integer[];
    added boolean := false;
    refused boolean := false;
  begin
    perform set_config('synchronous_commit', 'off', true);

    repeated := case act
      when 'CASE' then exists (select from case_file f where f.viewer_issuer = asker_issuer and f.viewer_subject = asker
        and f.client_key = ask_key and f.blind_index = ask_index and f.purpose = ask_purpose)
      when 'REVEAL' then exists (select from lookup l where l.viewer_issuer = asker_issuer and l.viewer_subject = asker
        and l.client_key = ask_key and l.reveals = ask_lookup)
      else exists (select from lookup l where l.viewer_issuer = asker_issuer and l.viewer_subject = asker
        and l.client_key = ask_key and l.blind_index = ask_index and l.purpose = ask_purpose and l.reveals is null)
    end;
    if repeated then
      return;
    end if;

    for i in 1 .. cardinality(scopes) loop
      buckets[i] := floor(extract(epoch from at) / seconds[i]);
      places[i] := floor(random() * shards[i]);
      if scopes[i] = 'PERSON' and act = 'REVEAL' then
        subjects[i] := (select l.blind_index from lookup l where l.id = ask_lookup and l.viewer_issuer = asker_issuer and l.viewer_subject = asker);
      end if;
    end loop;

    loop
      for i in 1 .. cardinality(scopes) loop
        if (select sum(u.charges) from lookup_usage u where u.scope = scopes[i] and u.subject = subjects[i]
              and u.bucket between buckets[i] - twelfths and buckets[i]) > admits[i] - (not added)::int then
          refused := true;
          full_scope := scopes[i];
          used := (select jsonb_object_agg(b.bucket, b.charges) from (
            select u.bucket, sum(u.charges) as charges from lookup_usage u where u.scope = scopes[i] and u.subject = subjects[i]
               and u.bucket between buckets[i] - twelfths and buckets[i] group by u.bucket) b);
          return next;
        end if;
      end loop;
      exit when added or refused;

      for i in 1 .. cardinality(scopes) loop
        if subjects[i] is not null then
          insert into lookup_usage as u (scope, subject, bucket, shard, charges, ends_at)
          values (scopes[i], subjects[i], buckets[i], places[i], 1, to_timestamp((buckets[i] + twelfths + 1) * seconds[i]))
              on conflict (scope, subject, bucket, shard) do update set charges = u.charges + 1;
        end if;
      end loop;
      added := true;
    end loop;

    if added and refused then
      update lookup_usage u set charges = u.charges - 1
        from unnest(scopes, subjects, buckets, places) as s (scope, subject, bucket, shard)
       where u.scope = s.scope and u.subject = s.subject and u.bucket = s.bucket and u.shard = s.shard;
    end if;
  end
  $$`;

/** Cases, what lookups rest on and reveal, and how often was asked lately. */
export class Cases1764000000003 implements MigrationInterface {
  readonly name = 'Cases1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table case_file (
        id text primary key,
        blind_index text not null,
        purpose text not null,
        organization_id text not null,
        viewer_issuer text not null,
        viewer_subject text not null,
        viewer_role text not null,
        client_key text not null,
        opened_at timestamptz not null,
        expires_at timestamptz not null,
        closed_at timestamptz,
        outcome text,
        unique (viewer_issuer, viewer_subject, client_key),
        check ((closed_at is null) = (outcome is null))
      );
      create index case_file_organization on case_file (organization_id, id);

      alter table lookup
        add column case_id text references case_file (id),
        add column reveals text references lookup (id),
        add column reveal text[] not null default '{}',
        add column reveal_reason text;

      -- Room on each page, so that counting up moves no row to another.
      create table lookup_usage (
        scope text not null,
        subject text not null,
        bucket bigint not null,
        shard smallint not null,
        charges integer not null,
        ends_at timestamptz not null,
        primary key (scope, subject, bucket, shard)
      ) with (fillfactor = 50);
      create index lookup_usage_ends on lookup_usage (ends_at);
      ${charge};
    `);
  }

  async down(): Promise<void> {
    throw new Error('Cases are not taken back by a migration.');
  }
}
