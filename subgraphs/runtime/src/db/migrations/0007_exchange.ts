import type { MigrationInterface, QueryRunner } from 'typeorm';
import { exchangeTables } from '../../exchange/tables.js';

/** What owners tell each other: outbox, streams, and both sides' evidence. */
export class Exchange1764000000007 implements MigrationInterface {
  readonly name = 'Exchange1764000000007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(exchangeTables);
  }

  async down(): Promise<void> {
    throw new Error('What was exchanged is not taken back by a migration.');
  }
}
