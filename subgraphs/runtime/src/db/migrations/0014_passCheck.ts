import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a province remembers of passes that were shown in it: challenges, proofs and uses, each claimed once, however many replicas
 * judge at the same moment; and, as the owner of a pass, which lookup a phone's answer stood for. Digests where nobody reads them.
 */
export class PassCheck1764000000014 implements MigrationInterface {
  readonly name = 'PassCheck1764000000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table pass_challenge (
        id text primary key,
        station_id text not null,
        activity text not null,
        nonce bytea not null,
        step bigint not null,
        viewer_issuer text not null,
        viewer_subject text not null,
        client_key text not null,
        opened_at timestamptz not null,
        expires_at timestamptz not null,
        answered_at timestamptz,
        unique (viewer_issuer, viewer_subject, client_key)
      );
      create index pass_challenge_expires on pass_challenge (expires_at);

      create table pass_proof (proof bytea primary key, until timestamptz not null);
      create index pass_proof_until on pass_proof (until);

      create table pass_use (use bytea primary key, used_at timestamptz not null);
      create index pass_use_used on pass_use (used_at);

      -- Valid checks, as long as a client may repeat one.
      create table pass_check (
        id text primary key,
        viewer_issuer text not null,
        viewer_subject text not null,
        client_key text not null,
        input bytea not null,
        class text not null,
        issuer text not null,
        freshness text not null,
        expires_at timestamptz not null,
        checked_at timestamptz not null,
        unique (viewer_issuer, viewer_subject, client_key)
      );
      create index pass_check_checked on pass_check (checked_at);

      create table pass_check_usage (
        viewer_issuer text not null,
        viewer_subject text not null,
        minute bigint not null,
        checks integer not null,
        primary key (viewer_issuer, viewer_subject, minute)
      ) with (fillfactor = 50);

      create table pass_presence (
        proof bytea primary key,
        lookup_id text not null unique,
        code bytea not null,
        pass_id text not null,
        viewer_issuer text not null,
        viewer_subject text not null,
        expires_at timestamptz not null
      );
      create index pass_presence_expires on pass_presence (expires_at);

      -- The phone's answer goes with the lookup that rests on it; that it rested on one stays.
      alter table lookup add column present boolean not null default false, add column presence jsonb;
      create index lookup_presence on lookup (expires_at) where presence is not null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('What was shown is not forgotten by a migration: a proof would be good a second time.');
  }
}
