import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Members move. A row that was erased because the record is another province's now says so (`moved_to`); releases prove how a member
 * came to its owner. The directory is told of shreddings by events: those that it has not answered for yet are written now.
 */
export class Moves1764000000008 implements MigrationInterface {
  readonly name = 'Moves1764000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      insert into exchange_outbox (id, peer, type, version, subject, at, digest, sealed, data)
        select gen_random_uuid(), 'zone', 'directory.forgotten', 1, id::text, shredded_at, 'RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o', false, '{}'
          from member where shredded_at is not null and released_at is null;
      drop index member_unreleased;
      alter table member
        drop column released_at,
        add column releases text[] not null default '{}',
        add column moved_to text,
        add constraint member_moved_is_erased check (moved_to is null or shredded_at is not null);

      create table ownership_transfer (
        id text primary key,
        member_id uuid not null,
        version integer not null,
        peer text not null,
        from_organization_id text not null,
        to_organization_id text not null,
        release text not null,
        state text not null check (state in ('SENT', 'RECEIVED', 'DECLINED')),
        reason text,
        opened_at timestamptz not null,
        settled_at timestamptz,
        viewer_issuer text,
        viewer_subject text,
        viewer_role text,
        client_key text,
        unique (viewer_issuer, viewer_subject, client_key)
      );
      create unique index ownership_transfer_open on ownership_transfer (member_id) where state = 'SENT';
      create index ownership_transfer_member on ownership_transfer (member_id);
      create index ownership_transfer_from on ownership_transfer (from_organization_id, id);
    `);
  }

  async down(): Promise<void> {
    throw new Error('Moves are not taken back by a migration.');
  }
}
