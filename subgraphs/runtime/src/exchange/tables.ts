/**
 * What was lost and taken back when this owner was restored from a backup: one row a stream. It names places and times, no event
 * and no person.
 */
export const exchangeRecoveryTable = `
  create table exchange_recovery (
    id uuid primary key,
    at timestamptz not null,
    peer text not null,
    from_seq bigint not null,
    to_seq bigint not null,
    taken integer not null,
    returned integer not null,
    shredded integer not null,
    unrestored integer not null,
    lost_after timestamptz
  );
  create index exchange_recovery_at on exchange_recovery (at);
`;

/** What a row of the log says in the outbox: an `OutboxHead` (store.ts). */
export const outboxHead = `json_build_object('id', id, 'type', type, 'version', version, 'subject', subject,
  'time', to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'digest', digest, 'sealed', sealed)::text`;

/** The event's id in such a row, as text. */
export const outboxId = "(head::json->>'id')";

/** An outbox of few columns: each costs every business transaction. What waits keeps its place, and no place is given twice. */
export const leanOutbox = `
  alter table exchange_outbox rename to exchange_outbox_wide;
  alter index exchange_outbox_pkey rename to exchange_outbox_wide_pkey;
  alter sequence exchange_outbox_place_seq rename to exchange_outbox_wide_place_seq;

  create table exchange_outbox (
    place bigint generated always as identity primary key,
    peer text not null,
    head text not null,
    data bytea not null
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

  insert into exchange_outbox (place, peer, head, data) overriding system value select place, peer, ${outboxHead}, data from exchange_outbox_wide;
  select setval('exchange_outbox_place_seq', last_value) from exchange_outbox_wide_place_seq;
  drop table exchange_outbox_wide;
`;

/**
 * The exchange's tables, in every province and in the zone alike; `leanOutbox` came later.
 *
 *  - `exchange_outbox` is what business transactions have written and what has no place in its stream yet. `place` orders what one
 *    transaction after another wrote about one subject; it has gaps and is no cursor.
 *  - `exchange_log` is what was sent, by its place: the signed envelope as evidence, and the data as it is stored here.
 *  - `exchange_inbox` is what was received, with its effect in the same transaction, or PARKED.
 *  - `exchange_stream` says how far each stream has come, out and in. Its row is locked by whoever moves it.
 *  - `exchange_key` holds a data key a subject, under which events that tell of a person are stored. Without it they cannot be read.
 *  - `exchange_refusal` is what was refused, by code: no event, no person.
 */
export const exchangeTables = `
  create table exchange_outbox (
    place bigint generated always as identity primary key,
    id uuid not null,
    peer text not null,
    type text not null,
    version integer not null,
    subject text not null,
    at timestamptz not null,
    digest text not null,
    sealed boolean not null,
    data bytea not null
  ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

  create table exchange_log (
    peer text not null,
    seq bigint not null,
    id uuid not null,
    type text not null,
    version integer not null,
    subject text not null,
    at timestamptz not null,
    digest text not null,
    jws text not null,
    hash text not null,
    sealed boolean not null,
    data bytea,
    primary key (peer, seq)
  );

  create table exchange_inbox (
    peer text not null,
    seq bigint not null,
    id uuid not null,
    type text not null,
    version integer not null,
    subject text not null,
    at timestamptz not null,
    received_at timestamptz not null,
    digest text not null,
    jws text not null,
    hash text not null,
    sealed boolean not null,
    data bytea,
    state text not null check (state in ('APPLIED', 'PARKED', 'DISCARDED')),
    reason text,
    settled_at timestamptz,
    primary key (peer, seq)
  );
  create index exchange_inbox_parked on exchange_inbox (peer, subject, seq) where state = 'PARKED';

  create table exchange_stream (
    peer text not null,
    direction text not null check (direction in ('OUT', 'IN')),
    epoch integer not null default 1,
    seq bigint not null default 0,
    hash text not null,
    state text not null default 'OPEN' check (state in ('OPEN', 'HALTED')),
    halted_for text,
    received_seq bigint not null default 0,
    receipt text,
    receipt_at timestamptz,
    primary key (peer, direction)
  ) with (fillfactor = 50);

  create table exchange_key (
    subject text primary key,
    crypto_suite text not null,
    key_version text not null,
    data_key bytea not null
  );

  create table exchange_refusal (
    id uuid primary key,
    at timestamptz not null,
    peer text not null,
    side text not null check (side in ('SENT', 'RECEIVED')),
    code text not null
  );
  create index exchange_refusal_at on exchange_refusal (at);
`;

/** Which replica of an owner serves a peer, and until when unless it says so again. */
export const leaseTable = `
  create table exchange_lease (
    peer text primary key,
    holder uuid not null,
    until timestamptz not null
  ) with (fillfactor = 50);
`;
