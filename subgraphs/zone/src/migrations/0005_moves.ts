import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Members move: the directory keeps how each came to its owner, and that an id is one of nobody any more. `looks_told` is how far
 * along the zone's audit chain a province has been told of looks at its members.
 */
export class Moves1764000000005 implements MigrationInterface {
  readonly name = 'Moves1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table directory_entry
        add column releases text[] not null default '{}',
        add column forgotten_at timestamptz,
        alter column blind_index drop not null,
        add constraint directory_entry_known_or_forgotten check ((blind_index is null) = (forgotten_at is not null));
      create table looks_told (province text primary key, position bigint not null);
    `);
  }

  async down(): Promise<void> {
    throw new Error('The directory is not taken back by a migration.');
  }
}
