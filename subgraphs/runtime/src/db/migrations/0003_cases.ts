import type { MigrationInterface, QueryRunner } from 'typeorm';

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
    `);
  }

  async down(): Promise<void> {
    throw new Error('Cases are not taken back by a migration.');
  }
}
