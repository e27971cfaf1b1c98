import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The electronic activity pass: the issue register, the places of passes in the status lists, what was signed, one-time codes and what
 * offices did. No private key is here, and of a person nothing but the member's id and the phone's public key.
 *
 * Two triggers keep what must hold whoever writes: the place of a pass in a status list says what its row says, and the passes of a
 * member end in the same transaction in which the record leaves the province or is shredded, by whatever path.
 */
export class Passes1764000000012 implements MigrationInterface {
  readonly name = 'Passes1764000000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table pass (
        id text primary key,
        pass_id bytea not null unique check (length(pass_id) = 16),
        member_id uuid not null,
        class text not null check (class in ('PHONE', 'PAPER')),
        state text not null check (state in ('AWAITING_ENROLMENT', 'VALID', 'SUSPENDED', 'REVOKED')),
        reason text not null,
        organization_id text not null references organization (id),
        office_id text not null references organization (id),
        issued_at timestamptz not null,
        code_until timestamptz,
        holder bytea check (length(holder) = 33),
        enrolled_at timestamptz,
        expires_at timestamptz,
        suspended_at timestamptz,
        suspended_for text,
        revoked_at timestamptz,
        revoked_for text,
        inspected_at timestamptz,
        inspection text,
        check ((state = 'REVOKED') = (revoked_at is not null) and (revoked_at is null) = (revoked_for is null)),
        check ((state = 'SUSPENDED') <= (suspended_at is not null)),
        check (state in ('AWAITING_ENROLMENT', 'REVOKED') or expires_at is not null)
      );
      create unique index pass_awaiting on pass (member_id) where state = 'AWAITING_ENROLMENT';
      create unique index pass_live on pass (member_id, class) where state in ('VALID', 'SUSPENDED');
      create index pass_of_member on pass (member_id, id);
      create index pass_of_organization on pass (organization_id, id);

      create table pass_enrolment (
        pass text primary key references pass (id),
        selector text not null unique,
        key_version text not null,
        hash bytea not null,
        expires_at timestamptz not null,
        tries smallint not null default 0,
        used_at timestamptz,
        client_key text
      );
      create index pass_enrolment_ended on pass_enrolment (expires_at);

      create table pass_place (
        kid text not null,
        status_index integer not null,
        pass text not null references pass (id),
        status smallint not null default 0 check (status in (0, 1, 2)),
        primary key (kid, status_index),
        unique (pass, kid)
      );
      create index pass_place_marked on pass_place (kid, status, status_index) where status <> 0;

      create table pass_credential (
        digest bytea primary key check (length(digest) = 32),
        kid text not null,
        pass text not null references pass (id),
        expires_at timestamptz not null,
        credential bytea,
        proof text unique
      );
      create index pass_credential_of_pass on pass_credential (pass, expires_at);
      create index pass_credential_of_key on pass_credential (kid, digest);

      create table pass_act (
        id text primary key,
        pass text not null references pass (id),
        at timestamptz not null,
        act text not null check (act in ('ISSUED', 'PRINTED', 'SUSPENDED', 'RESUMED', 'REVOKED', 'INSPECTED')),
        reason text,
        viewer_issuer text not null,
        viewer_subject text not null,
        viewer_role text not null,
        viewer_organization text,
        client_key text not null,
        unique (viewer_issuer, viewer_subject, client_key)
      );
      create index pass_act_of_pass on pass_act (pass, id);

      create function pass_mark_places() returns trigger language plpgsql as $$
      begin
        update pass_place set status = case new.state when 'REVOKED' then 1 when 'SUSPENDED' then 2 else 0 end where pass = new.id;
        if new.state = 'REVOKED' then
          update pass_credential set credential = null where pass = new.id and credential is not null;
        end if;
        return null;
      end $$;
      create trigger pass_marks_places after update of state on pass for each row when (old.state <> new.state) execute function pass_mark_places();

      create function pass_end_with_member() returns trigger language plpgsql as $$
      begin
        update pass set state = 'REVOKED', revoked_at = new.shredded_at, revoked_for = case when new.moved_to is null then 'ERASED' else 'TRANSFERRED' end, holder = null
         where member_id = new.id and state <> 'REVOKED';
        update pass set holder = null where member_id = new.id and holder is not null;
        return null;
      end $$;
      create trigger pass_ends_with_member after update of shredded_at on member for each row
        when (old.shredded_at is null and new.shredded_at is not null) execute function pass_end_with_member();
    `);
  }

  async down(): Promise<void> {
    throw new Error('Issued passes are not taken back by a migration.');
  }
}
