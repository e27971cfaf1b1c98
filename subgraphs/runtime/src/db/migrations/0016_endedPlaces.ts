import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Places in status lists of passes that were revoked and that this register does not know, since it was restored from a backup of before
 * they were issued or signed anew. They are revoked for good and never given to another.
 */
export class EndedPlaces1764000000016 implements MigrationInterface {
  readonly name = 'EndedPlaces1764000000016';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table pass_ended_place (kid text not null, status_index integer not null, primary key (kid, status_index))');
  }

  async down(): Promise<void> {
    throw new Error('What was revoked is not valid again by a migration.');
  }
}
