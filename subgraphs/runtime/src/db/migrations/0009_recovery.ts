import type { MigrationInterface, QueryRunner } from 'typeorm';
import { exchangeRecoveryTable } from '../../exchange/tables.js';

/** What was lost and taken back after a restore from a backup. */
export class Recovery1764000000009 implements MigrationInterface {
  readonly name = 'Recovery1764000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(exchangeRecoveryTable);
  }

  async down(): Promise<void> {
    throw new Error('A report of losses is not taken back by a migration.');
  }
}
