import type { Queryable } from '@delta/runtime/db/database';
import { registrationLimits, type DuplicateClaim, type LookNotices, type RegistrationEntry } from '@delta/runtime/directory/index';
import { v7 as uuidv7 } from 'uuid';

/** Where a member is. `province` is a slug. */
export interface DirectoryEntry { readonly memberId: string; readonly blindIndex: string; readonly province: string }

const columns = 'member_id as "memberId", blind_index as "blindIndex", province';

export const findByIndex = (db: Queryable, indexes: readonly string[]): Promise<DirectoryEntry[]> =>
  db.query(`/* directory.findByIndex */ select ${columns} from directory_entry where blind_index = any($1)`, [indexes]);

/** Enters what is new. Index and id are unique: a second claim never overwrites. */
export const insertEntries = async (db: Queryable, province: string, entries: readonly RegistrationEntry[], at: Date): Promise<Set<string>> => {
  const rows = await db.query<{ memberId: string }>(`/* registration.insert */
    insert into directory_entry (member_id, blind_index, province, ownership_version, registered_at)
    select e.id, e.index, $1, e.version, $5 from unnest($2::uuid[], $3::text[], $4::int[]) as e (id, index, version)
    on conflict do nothing returning member_id as "memberId"`, [
    province, entries.map((e) => e.memberId), entries.map((e) => e.blindIndex), entries.map((e) => e.ownershipVersion), at]);
  return new Set(rows.map((row) => row.memberId));
};

/** What stands in the way of entries that were not entered: by id or by index. */
export const findConflicts = (db: Queryable, entries: readonly RegistrationEntry[]): Promise<DirectoryEntry[]> =>
  db.query(`/* registration.conflicts */ select ${columns} from directory_entry where member_id = any($1::uuid[]) or blind_index = any($2)`,
    [entries.map((e) => e.memberId), entries.map((e) => e.blindIndex)]);

export interface NewClaim { readonly memberId: string; readonly claimedId: string; readonly holder: string }

/** Opens claims that are not open yet; returns those that are new. */
export const openClaims = (db: Queryable, claimant: string, claims: readonly NewClaim[], at: Date): Promise<DuplicateClaim[]> =>
  db.query(`/* registration.openClaims */
    insert into duplicate_claim (id, member_id, claimed_id, claimant, holder, opened_at)
    select c.id, c."memberId", c."claimedId", $1, c.holder, $3
      from jsonb_to_recordset($2::jsonb) as c (id uuid, "memberId" uuid, "claimedId" uuid, holder text)
    on conflict do nothing
    returning id, member_id as "memberId", claimant, holder, opened_at as "openedAt"`,
  [claimant, JSON.stringify(claims.map((claim) => ({ id: uuidv7(), ...claim }))), at]);

/** Claims that concern a province, on either side, newest first. */
export const claimsOf = (db: Queryable, province: string): Promise<DuplicateClaim[]> =>
  db.query(`/* registration.claimsOf */
    select id, member_id as "memberId", claimant, holder, opened_at as "openedAt" from duplicate_claim
     where claimant = $1 or holder = $1 order by opened_at desc limit 1000`, [province]);

/** Forgets members that the province holds; returns those that it did hold. */
export const deleteEntries = async (db: Queryable, province: string, ids: readonly string[]): Promise<string[]> => {
  // TypeORM gives rows and count of a deletion, so the rows are selected from it.
  const rows = await db.query<{ id: string }>(`/* registration.release */
    with gone as (delete from directory_entry where province = $1 and member_id = any($2::uuid[]) returning member_id) select member_id as id from gone`, [province, ids]);
  return rows.map(({ id }) => id);
};

/**
 * Looks at a province's members along the zone's audit chain: its order is that of sealing, without gaps, so nothing that was
 * committed late is passed over. A member's own look is the member's own business.
 */
export async function looksSince(db: Queryable, province: string, after: string): Promise<LookNotices> {
  const [row] = await db.query<LookNotices & { known: boolean }>(`/* registration.looksSince */
    with stretch as materialized (select seq, entry_at, entry_id from audit_seal where seq > $2::bigint order by seq limit $3)
    select $2::bigint <= (select coalesce(max(seq), 0) from audit_seal) as known,
           coalesce((select max(seq) from stretch), $2::bigint)::text as until,
           (select count(*) from stretch) = $3 as more,
           (select coalesce(json_agg(json_build_object(
                     'id', e.id, 'at', e.at, 'kind', e.kind, 'memberId', e.member_id, 'role', e.viewer_role, 'province', e.viewer_province,
                     'organization', e.viewer_organization, 'purpose', e.purpose, 'fields', e.fields) order by s.seq), '[]')
              from stretch s
              join audit_entry e on e.at = s.entry_at and e.id = s.entry_id
              join directory_entry d on d.member_id = e.member_id
             where d.province = $1 and e.kind in ('EXISTENCE', 'REFUSAL') and e.viewer_role is distinct from 'member') as looks`,
  [province, after, registrationLimits.looks]);
  const { known, ...notices } = row!;
  return known ? notices : { looks: [], until: '0', more: true };
}
