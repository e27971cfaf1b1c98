import type { MigrationInterface, QueryRunner } from 'typeorm';
import { leanOutbox } from '../../exchange/tables.js';

/** A business transaction writes an event in three columns in the place of nine. */
export class LeanOutbox1764000000015 implements MigrationInterface {
  readonly name = 'LeanOutbox1764000000015';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(leanOutbox);
  }

  async down(): Promise<void> {
    throw new Error('What waits to be exchanged is not rewritten by a migration back.');
  }
}
