import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Which suite and which master key seal a member, and what is left of one whose data key was destroyed: the id, its version, and
 * that it was so. What is there so far was sealed by AES under the first key. The constraint makes half a shredding impossible.
 */
export class Keys1764000000005 implements MigrationInterface {
  readonly name = 'Keys1764000000005';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table member
        add column crypto_suite text default 'aes' check (crypto_suite in ('aes', 'sm')),
        add column key_version text default 'v1',
        add column shredded_at timestamptz,
        add column released_at timestamptz;
      alter table member
        alter column crypto_suite drop default,
        alter column key_version drop default,
        alter column name drop not null,
        alter column gender drop not null,
        alter column affiliation drop not null,
        alter column home_organization_id drop not null,
        alter column data_key drop not null,
        alter column blind_index drop not null,
        add constraint member_whole_or_shredded check (
          case when shredded_at is null
            then num_nulls(name, gender, affiliation, home_organization_id, data_key, blind_index, crypto_suite, key_version) = 0
            else num_nonnulls(name, gender, joined_on, probationary, affiliation, home_organization_id, external_home_text, external_home_division,
                              id_number, phone, data_key, blind_index, crypto_suite, key_version) = 0
          end);
      drop index member_unregistered;
      create index member_unregistered on member (id) where registered_at is null and shredded_at is null;
      create index member_unreleased on member (id) where shredded_at is not null and released_at is null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Keys are not taken back by a migration.');
  }
}
