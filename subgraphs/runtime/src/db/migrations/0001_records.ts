import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A province's own records: organisations, stations, members. Ids come from code, so PostgreSQL 14 is enough. */
export class Records1764000000001 implements MigrationInterface {
  readonly name = 'Records1764000000001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table organization (
        id text primary key,
        name text not null,
        short_name text,
        kind text not null,
        division_code text not null,
        address text,
        parent_id text references organization (id),
        path text[] not null,
        office_phone text,
        accepts_mobile_members boolean not null default false,
        ends_on date,
        grams text[] not null
      );
      create index organization_parent on organization (parent_id, id);
      create index organization_division on organization (division_code text_pattern_ops);
      create index organization_grams on organization using gin (grams);
      create index organization_path on organization using gin (path);

      create table service_station (
        id text primary key,
        name text not null,
        tier text not null,
        address text,
        division_code text not null,
        organization_id text not null references organization (id),
        hours jsonb not null default '[]',
        duty_roster jsonb not null default '[]',
        hotline text,
        amenities text[] not null default '{}',
        grams text[] not null
      );
      create index service_station_division on service_station (division_code text_pattern_ops);
      create index service_station_grams on service_station using gin (grams);

      create table member (
        id uuid primary key,
        name text not null,
        gender text not null,
        joined_on date,
        probationary boolean,
        affiliation text not null,
        home_organization_id text not null references organization (id),
        external_home_text text,
        external_home_division text,
        id_number bytea,
        phone bytea,
        data_key bytea not null,
        blind_index text not null unique,
        ownership_version integer not null default 1,
        registered_at timestamptz
      );
      create index member_home on member (home_organization_id, id);
      create index member_unregistered on member (id) where registered_at is null;
    `);
  }

  async down(): Promise<void> {
    throw new Error('Records are not taken back by a migration.');
  }
}
