import { leaseTable } from '@delta/runtime/exchange/tables';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which of the zone's replicas serves which peer. */
export class ExchangeLease1764000000008 implements MigrationInterface {
  readonly name = 'ExchangeLease1764000000008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(leaseTable);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table exchange_lease');
  }
}
