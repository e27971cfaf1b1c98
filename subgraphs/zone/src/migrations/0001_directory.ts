import { auditTable } from '@delta/runtime/audit/index';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The directory: who owns which member, by id and by blind index. No name, no number, no organisation. */
export class Directory1764000000001 implements MigrationInterface {
  readonly name = 'Directory1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table directory_entry (
        member_id uuid primary key,
        blind_index text not null unique,
        province text not null,
        ownership_version integer not null,
        registered_at timestamptz not null
      );
      create table duplicate_claim (
        id uuid primary key,
        member_id uuid not null,
        claimed_id uuid not null,
        claimant text not null,
        holder text not null,
        opened_at timestamptz not null,
        unique (member_id, claimed_id, claimant)
      );
      create index duplicate_claim_holder on duplicate_claim (holder);
      create index duplicate_claim_claimant on duplicate_claim (claimant);
      ${auditTable}
    `);
  }

  async down(): Promise<void> {
    throw new Error('The directory is not taken back by a migration.');
  }
}
