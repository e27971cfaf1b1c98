/**
 * The audit log, in every province and in the zone alike. What is recorded is never changed and leaves only as a whole month,
 * three years after that month has ended:
 *
 *  - `audit_entry` is partitioned by month. Triggers refuse to update, delete and truncate, whoever asks; an owner who drops a
 *    trigger or a partition leaves a chain that no longer fits.
 *  - `audit_seal` is the chain over the entries, `audit_checkpoint` its head as this owner signed it, `audit_witness` the heads
 *    that others signed. They hold digests and outlive the entries.
 *  - `audit_pending` names what is not sealed yet, `audit_nonce` the contexts that were used. Both are unlogged: written with
 *    every answer, they cost no WAL. A crash of the server empties them; the sequencer finds unsealed entries again, and a
 *    context lives 30 seconds.
 *
 * The two functions run with the owner's rights, so that the service's role can make room for new months and drop expired ones
 * without owning a table. What has expired is judged by the server's clock, which no caller sets.
 *
 * @param schema where the tables of this database are, so that nobody's search_path can lead the functions elsewhere
 */
export const auditLogTables = (schema: string): string => `
  create table audit_entry (
    at timestamptz not null,
    id uuid not null,
    request_id text not null,
    kind text not null,
    member_id uuid,
    viewer_issuer text,
    viewer_subject text,
    viewer_role text,
    viewer_province text,
    viewer_organization text,
    purpose text,
    reference text,
    fields text[] not null default '{}',
    reason text,
    primary key (at, id)
  ) partition by range (at);
  create table audit_entry_default partition of audit_entry default;
  create index audit_entry_of_member on audit_entry (member_id, at, id) where member_id is not null;

  create unlogged table audit_pending (at timestamptz not null, id uuid not null)
    with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

  create unlogged table audit_nonce (nonce text primary key, claimant uuid not null, until timestamptz not null)
    with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

  create table audit_seal (
    seq bigint primary key,
    entry_at timestamptz not null,
    entry_id uuid not null unique,
    algorithm text not null,
    digest bytea not null,
    hash bytea not null
  );

  create table audit_checkpoint (
    seq bigint primary key,
    hash text not null,
    at timestamptz not null,
    token text not null
  );

  create table audit_witness (
    owner text not null,
    seq bigint not null,
    hash text not null,
    at timestamptz not null,
    token text not null,
    received_at timestamptz not null default now(),
    primary key (owner, seq, hash)
  );

  create function audit_refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception 'the audit is append-only: % of % is refused', lower(tg_op), tg_table_name using errcode = 'insufficient_privilege';
  end $$;

  ${['audit_entry', 'audit_seal', 'audit_checkpoint', 'audit_witness'].map((table) => `
  create trigger audit_kept before update or delete on ${table} for each row execute function audit_refuse_change();
  create trigger audit_kept_whole before truncate on ${table} for each statement execute function audit_refuse_change();
  `).join('')}
  create trigger audit_kept_whole before truncate on audit_entry_default for each statement execute function audit_refuse_change();

  create function audit_prepare_partitions(moment timestamptz) returns integer
  language plpgsql security definer set search_path = ${schema}, pg_temp set lock_timeout = '2s' as $$
  declare
    month timestamp;
    made integer := 0;
    name text;
  begin
    for ahead in 0..3 loop
      month := date_trunc('month', moment at time zone 'UTC') + make_interval(months => ahead);
      name := 'audit_entry_' || to_char(month, 'YYYYMM');
      continue when to_regclass(name) is not null;
      perform pg_advisory_xact_lock(hashtext('audit_prepare_partitions'));
      continue when to_regclass(name) is not null;
      -- What came before its partition stays in the default one: moving it would be deleting it.
      continue when exists (select from audit_entry_default where at >= month at time zone 'UTC' and at < (month + interval '1 month') at time zone 'UTC');
      execute format('create table %I partition of audit_entry for values from (%L) to (%L)',
                     name, month at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
      execute format('create trigger audit_kept_whole before truncate on %I for each statement execute function audit_refuse_change()', name);
      made := made + 1;
    end loop;
    return made;
  end $$;

  create function audit_drop_expired() returns integer
  language plpgsql security definer set search_path = ${schema}, pg_temp set lock_timeout = '2s' as $$
  declare
    name text;
    dropped integer := 0;
  begin
    for name in select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
                 where i.inhparent = 'audit_entry'::regclass and c.relname ~ '^audit_entry_[0-9]{6}$' order by c.relname
    loop
      if (to_date(right(name, 6), 'YYYYMM') + interval '1 month') at time zone 'UTC' < clock_timestamp() - interval '3 years' then
        execute format('drop table %I', name);
        dropped := dropped + 1;
      end if;
    end loop;
    return dropped;
  end $$;

  revoke execute on function audit_prepare_partitions(timestamptz), audit_drop_expired() from public;
`;

/** Puts the log in the place of the one table that was before, and keeps its rows: they are sealed first, oldest first. */
export const replaceAuditTable = (schema: string): string => `
  alter table audit_entry rename to audit_entry_before;
  alter table audit_entry_before rename constraint audit_entry_pkey to audit_entry_before_pkey;
  ${auditLogTables(schema)}
  select audit_prepare_partitions(month) from (select distinct date_trunc('month', at) as month from audit_entry_before) as old;
  select audit_prepare_partitions(now());
  insert into audit_entry (at, id, request_id, kind, member_id, viewer_issuer, viewer_subject, viewer_role, viewer_province,
                           viewer_organization, purpose, reference, fields)
  select at, id, request_id, kind, member_id, viewer_issuer, viewer_subject, viewer_role, viewer_province,
         viewer_organization, purpose, reference, fields from audit_entry_before;
  insert into audit_pending (at, id) select at, id from audit_entry order by at, id;
  drop table audit_entry_before;
`;
