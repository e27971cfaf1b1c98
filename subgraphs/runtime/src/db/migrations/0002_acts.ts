import type { MigrationInterface, QueryRunner } from 'typeorm';
import { auditTable } from '../../audit/table.js';

/** What is done with the records: lookups, the audit of every disclosure, and claims by two provinces to one member. */
export class Acts1764000000002 implements MigrationInterface {
  readonly name = 'Acts1764000000002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table lookup (
        id text primary key,
        blind_index text not null,
        purpose text not null,
        viewer_issuer text not null,
        viewer_subject text not null,
        viewer_role text not null,
        viewer_organization text,
        client_key text not null,
        opened_at timestamptz not null,
        expires_at timestamptz not null,
        unique (viewer_issuer, viewer_subject, client_key)
      );
      create table duplicate_claim (
        id uuid primary key,
        member_id uuid not null,
        claimant text not null,
        holder text not null,
        opened_at timestamptz not null
      );
      ${auditTable}
    `);
  }

  async down(): Promise<void> {
    throw new Error('Acts are not taken back by a migration.');
  }
}
