import { leanOutbox } from '@delta/runtime/exchange/tables';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A business transaction writes an event in three columns in the place of nine. */
export class LeanOutbox1764000000010 implements MigrationInterface {
  readonly name = 'LeanOutbox1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(leanOutbox);
  }

  async down(): Promise<void> {
    throw new Error('What waits to be exchanged is not rewritten by a migration back.');
  }
}
