import { exchangeTables } from '@delta/runtime/exchange/tables';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the provinces tell the zone and the zone tells them: outbox, streams, and evidence. */
export class Exchange1764000000004 implements MigrationInterface {
  readonly name = 'Exchange1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(exchangeTables);
  }

  async down(): Promise<void> {
    throw new Error('What was exchanged is not taken back by a migration.');
  }
}
