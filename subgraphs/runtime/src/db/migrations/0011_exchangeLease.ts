import type { MigrationInterface, QueryRunner } from 'typeorm';
import { leaseTable } from '../../exchange/tables.js';

/** Which of an owner's replicas serves which peer. */
export class ExchangeLease1764000000011 implements MigrationInterface {
  readonly name = 'ExchangeLease1764000000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(leaseTable);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table exchange_lease');
  }
}
