import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Signed trust lists, every one that was ever in force: added and read, never changed (db/grantService). Times in seconds, as they are signed. */
export class TrustList1764000000009 implements MigrationInterface {
  readonly name = 'TrustList1764000000009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table trust_list (
        sequence bigint primary key,
        digest text not null unique,
        issued_at bigint not null,
        expires_at bigint not null,
        signed bytea not null check (octet_length(signed) <= 65536),
        accepted_at timestamptz not null
      )`);
  }

  async down(): Promise<void> {
    throw new Error('What was in force is not taken back by a migration.');
  }
}
