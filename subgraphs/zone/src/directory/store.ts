import type { Queryable } from '@delta/runtime/db/database';
import { storedRelease, type DuplicateClaim, type LookNotice } from '@delta/runtime/directory/index';
import { v7 as uuidv7 } from 'uuid';
import type { ProvenEntry } from './enterMembers.js';
import type { Held } from './rules.js';

/** Where a member is. `province` is a slug. */
export interface DirectoryEntry { readonly memberId: string; readonly blindIndex: string; readonly province: string }

export const findByIndex = (db: Queryable, indexes: readonly string[]): Promise<DirectoryEntry[]> =>
  db.query(`/* directory.findByIndex */ select member_id as "memberId", blind_index as "blindIndex", province from directory_entry where blind_index = any($1)`, [indexes]);

/** Enters what is new. Index and id are unique: what is there already, by either, is left as it is. */
export const insertEntries = async (db: Queryable, entries: readonly ProvenEntry[], at: Date): Promise<Set<string>> => {
  const rows = await db.query<{ memberId: string }>(`/* registration.insert */
    insert into directory_entry (member_id, blind_index, province, ownership_version, releases, registered_at)
    select e.id, e.index, e.province, e.version, array(select jsonb_array_elements_text(e.releases)), $6
      from unnest($1::uuid[], $2::text[], $3::text[], $4::int[], $5::jsonb[]) as e (id, index, province, version, releases)
    on conflict do nothing returning member_id as "memberId"`, [
    entries.map((e) => e.memberId), entries.map((e) => e.blindIndex), entries.map((e) => e.holder), entries.map((e) => e.version), entries.map((e) => JSON.stringify(e.tokens)), at]);
  return new Set(rows.map((row) => row.memberId));
};

/** What stands at these ids and these indexes, locked until the transaction ends. */
export async function findHeld(within: Queryable, entries: readonly ProvenEntry[]): Promise<Held[]> {
  const rows = await within.query<Omit<Held, 'releases'> & { releases: string[] }>(`/* registration.held */
    select member_id as "memberId", blind_index as "blindIndex", province, ownership_version as version, releases
      from directory_entry where member_id = any($1::uuid[]) or blind_index = any($2) order by member_id for update`,
  [entries.map((e) => e.memberId), entries.map((e) => e.blindIndex)]);
  return rows.map((row) => ({ ...row, releases: row.releases.map(storedRelease) }));
}

export const updateEntry = async (within: Queryable, { memberId, blindIndex, holder, version, tokens }: ProvenEntry, at: Date): Promise<void> => {
  await within.query(`/* registration.follow */
    update directory_entry set blind_index = $2, province = $3, ownership_version = $4, releases = $5, registered_at = $6 where member_id = $1`,
  [memberId, blindIndex, holder, version, tokens, at]);
};

export interface NewClaim { readonly memberId: string; readonly claimedId: string; readonly claimant: string; readonly holder: string }

/** Opens claims that are not open yet; returns those that are new. */
export const openClaims = (db: Queryable, claims: readonly NewClaim[], at: Date): Promise<DuplicateClaim[]> => keepClaims(db, claims.map((claim) => ({ id: uuidv7(), openedAt: at.toISOString(), ...claim })));

/** Keeps claims as they were told; returns those that were not known. */
export const keepClaims = (db: Queryable, claims: readonly DuplicateClaim[]): Promise<DuplicateClaim[]> =>
  db.query(`/* registration.openClaims */
    insert into duplicate_claim (id, member_id, claimed_id, claimant, holder, opened_at)
    select c.id, c."memberId", c."claimedId", c.claimant, c.holder, c."openedAt"
      from jsonb_to_recordset($1::jsonb) as c (id uuid, "memberId" uuid, "claimedId" uuid, claimant text, holder text, "openedAt" timestamptz)
    on conflict do nothing
    returning id, member_id as "memberId", claimed_id as "claimedId", claimant, holder, opened_at as "openedAt"`, [JSON.stringify(claims)]);

/**
 * Forgets a member that the province holds: the id stays as one of nobody, also where the directory had not heard of it yet.
 * @returns whether it was known
 */
export const forgetEntry = async (within: Queryable, province: string, memberId: string, at: Date): Promise<boolean> => {
  // TypeORM gives rows and count of an update, so the rows are selected from it.
  const rows = await within.query(`/* registration.forget */
    with gone as (update directory_entry set blind_index = null, forgotten_at = $3 where member_id = $2 and province = $1 and forgotten_at is null returning 1) select * from gone`, [province, memberId, at]);
  if (rows.length > 0) return true;
  await within.query(`/* registration.forgetAhead */
    insert into directory_entry (member_id, blind_index, province, ownership_version, registered_at, forgotten_at) values ($2, null, $1, 0, $3, $3) on conflict do nothing`, [province, memberId, at]);
  return false;
};

/** A stretch of looks at a province's members. */
export interface Stretch { readonly looks: readonly LookNotice[]; readonly until: string; readonly more: boolean }

/**
 * Looks at a province's members along the zone's audit chain: its order is that of sealing, without gaps, so nothing that was
 * committed late is passed over. A member's own look is the member's own business.
 */
export async function looksSince(db: Queryable, province: string, after: string, limit: number): Promise<Stretch> {
  const [row] = await db.query<Stretch>(`/* background.directory.looksSince */
    with stretch as materialized (select seq, entry_at, entry_id from audit_seal where seq > $2::bigint order by seq limit $3)
    select coalesce((select max(seq) from stretch), $2::bigint)::text as until,
           (select count(*) from stretch) = $3 as more,
           (select coalesce(json_agg(json_build_object(
                     'id', e.id, 'at', e.at, 'kind', e.kind, 'memberId', e.member_id, 'role', e.viewer_role, 'province', e.viewer_province,
                     'organization', e.viewer_organization, 'purpose', e.purpose, 'fields', e.fields) order by s.seq), '[]')
              from stretch s
              join audit_entry e on e.at = s.entry_at and e.id = s.entry_id
              join directory_entry d on d.member_id = e.member_id
             where d.province = $1 and e.kind in ('EXISTENCE', 'REFUSAL') and e.viewer_role is distinct from 'member') as looks`,
  [province, after, limit]);
  return row!;
}

/** How far a province has been told of looks; locked until the transaction ends, so that of several replicas one tells. Null while another does. */
export async function lockTold(within: Queryable, province: string): Promise<string | null> {
  await within.query('/* background.directory.toldFrom */ insert into looks_told (province, position) values ($1, 0) on conflict do nothing', [province]);
  const rows = await within.query<{ position: string }>('/* background.directory.told */ select position from looks_told where province = $1 for update skip locked', [province]);
  return rows[0]?.position ?? null;
}

export const storeTold = async (within: Queryable, province: string, position: string): Promise<void> => {
  await within.query('/* background.directory.tellFrom */ update looks_told set position = $2 where province = $1 and position <> $2', [province, position]);
};
