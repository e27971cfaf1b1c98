import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What others told this province: looks at its members, and how far it has heard. */
export class Notices1764000000006 implements MigrationInterface {
  readonly name = 'Notices1764000000006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table access_notice (
        source text not null,
        id uuid not null,
        at timestamptz not null,
        kind text not null,
        member_id uuid not null,
        viewer_role text,
        viewer_province text,
        viewer_organization text,
        purpose text,
        fields text[] not null default '{}',
        primary key (source, id)
      );
      create index access_notice_member on access_notice (member_id, at, id);
      create index access_notice_at on access_notice (at);
      create table exchange_cursor (
        stream text primary key,
        position text not null
      );
    `);
  }

  async down(): Promise<void> {
    throw new Error('What was told is not taken back by a migration.');
  }
}
