import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The newest signed list of each kind that this province has accepted, so that after a restart none older is taken; and the
 * stations that were enrolled, by one-time codes of which only a keyed hash is kept. Times of lists are seconds, as they are signed.
 */
export class PassTrust1764000000013 implements MigrationInterface {
  readonly name = 'PassTrust1764000000013';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table pass_list (
        kind text not null check (kind in ('TRUST', 'STATUS', 'KNOWN_ISSUED')),
        kid text not null,
        number bigint not null,
        digest text not null,
        signed bytea not null,
        accepted_at timestamptz not null,
        primary key (kind, kid)
      );
      comment on column pass_list.kid is 'The issuing key that it is about; empty for the trust list.';
      comment on column pass_list.number is 'What only rises: the sequence of a trust list, when another list was made, 0 where it does not say.';

      create table station_enrolment (
        id text primary key,
        station_id text not null,
        organization_id text not null,
        viewer_issuer text not null,
        viewer_subject text not null,
        client_key text not null,
        selector text not null unique,
        key_version text not null,
        hash bytea not null,
        opened_at timestamptz not null,
        expires_at timestamptz not null,
        tries integer not null default 0,
        closed_at timestamptz,
        closed_as text check (closed_as in ('USED', 'REPLACED', 'EXHAUSTED')),
        unique (viewer_issuer, viewer_subject, client_key),
        check ((closed_at is null) = (closed_as is null))
      );
      create index station_enrolment_open on station_enrolment (station_id) where closed_at is null;

      create table station_key (
        id text primary key references station_enrolment (id),
        station_id text not null,
        kid text not null unique,
        public_key bytea not null check (octet_length(public_key) = 33),
        enrolled_at timestamptz not null,
        ended_at timestamptz,
        ended_as text check (ended_as in ('REPLACED', 'WITHDRAWN')),
        check ((ended_at is null) = (ended_as is null))
      );
      create unique index station_key_current on station_key (station_id) where ended_at is null;
      create index station_key_station on station_key (station_id, enrolled_at);
    `);
  }

  async down(): Promise<void> {
    throw new Error('What was accepted and who was enrolled is not taken back by a migration.');
  }
}
