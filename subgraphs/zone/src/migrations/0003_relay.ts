import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The zone hands witnessed checkpoints on in the order in which they came. */
export class Relay1764000000003 implements MigrationInterface {
  readonly name = 'Relay1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index audit_witness_received on audit_witness (received_at)');
  }

  async down(): Promise<void> {
    throw new Error('The relay is not taken back by a migration.');
  }
}
