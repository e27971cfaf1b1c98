import { forkTable } from '@delta/runtime/exchange/registration/index';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Checkpoints of provinces that contradict each other. */
export class Forks1764000000003 implements MigrationInterface {
  readonly name = 'Forks1764000000003';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(forkTable);
  }

  async down(): Promise<void> {
    throw new Error('Evidence is not taken back by a migration.');
  }
}
