import type { MigrationInterface, QueryRunner } from 'typeorm';
import { replaceAuditTable } from '../../audit/logTables.js';

/** The audit becomes a log: partitioned by month, append-only, sealed into a chain. */
export class Audit1764000000004 implements MigrationInterface {
  readonly name = 'Audit1764000000004';

  async up(runner: QueryRunner): Promise<void> {
    const [row] = (await runner.query('select quote_ident(current_schema()) as schema')) as { schema: string }[];
    await runner.query(replaceAuditTable(row!.schema));
  }

  async down(): Promise<void> {
    throw new Error('The audit is not taken back by a migration.');
  }
}
