import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What operators did to the exchange and why, in their own words: the audit has who and when, and keeps no free text. Beside it an
 * index by which parked events are paged; it holds nothing of an event that was applied.
 */
export class ExchangeActs1764000000010 implements MigrationInterface {
  readonly name = 'ExchangeActs1764000000010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table exchange_act (
        id text primary key,
        at timestamptz not null,
        act text not null check (act in ('REPLAYED', 'DISCARDED', 'REOPENED', 'LOSS_ACCEPTED')),
        peer text not null,
        seq bigint,
        reason text not null,
        applied integer,
        parked integer,
        lost bigint,
        renumbered bigint,
        check ((seq is null) = (act in ('REOPENED', 'LOSS_ACCEPTED')))
      );
      create index exchange_inbox_parked_place on exchange_inbox (peer, seq) where state = 'PARKED';
    `);
  }

  async down(): Promise<void> {
    throw new Error('What operators did is not taken back by a migration.');
  }
}
