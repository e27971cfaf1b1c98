import type { Queryable } from '@delta/runtime/db/database';
import type { DuplicateClaim, RegistrationEntry } from '@delta/runtime/exchange/registration/index';
import { v7 as uuidv7 } from 'uuid';

/** Where a member is. `province` is a slug. */
export interface DirectoryEntry { readonly memberId: string; readonly blindIndex: string; readonly province: string }

const columns = 'member_id as "memberId", blind_index as "blindIndex", province';

export const findById = (db: Queryable, ids: readonly string[]): Promise<DirectoryEntry[]> =>
  db.query(`/* directory.findById */ select ${columns} from directory_entry where member_id = any($1::uuid[])`, [ids]);

export const findByIndex = (db: Queryable, indexes: readonly string[]): Promise<DirectoryEntry[]> =>
  db.query(`/* directory.findByIndex */ select ${columns} from directory_entry where blind_index = any($1)`, [indexes]);

/** Enters what is new. Index and id are unique: a second claim never overwrites. */
export const insertEntries = async (db: Queryable, province: string, entries: readonly RegistrationEntry[], at: Date): Promise<Set<string>> => {
  const rows = await db.query<{ memberId: string }>(`/* directory.insert */
    insert into directory_entry (member_id, blind_index, province, ownership_version, registered_at)
    select e.id, e.index, $1, e.version, $5 from unnest($2::uuid[], $3::text[], $4::int[]) as e (id, index, version)
    on conflict do nothing returning member_id as "memberId"`, [
    province, entries.map((e) => e.memberId), entries.map((e) => e.blindIndex), entries.map((e) => e.ownershipVersion), at]);
  return new Set(rows.map((row) => row.memberId));
};

/** What stands in the way of entries that were not entered: by id or by index. */
export const findConflicts = (db: Queryable, entries: readonly RegistrationEntry[]): Promise<DirectoryEntry[]> =>
  db.query(`/* directory.conflicts */ select ${columns} from directory_entry where member_id = any($1::uuid[]) or blind_index = any($2)`,
    [entries.map((e) => e.memberId), entries.map((e) => e.blindIndex)]);

export interface NewClaim { readonly memberId: string; readonly claimedId: string; readonly holder: string }

/** Opens claims that are not open yet; returns those that are new. */
export const openClaims = (db: Queryable, claimant: string, claims: readonly NewClaim[], at: Date): Promise<DuplicateClaim[]> =>
  db.query(`/* directory.openClaims */
    insert into duplicate_claim (id, member_id, claimed_id, claimant, holder, opened_at)
    select c.id, c."memberId", c."claimedId", $1, c.holder, $3
      from jsonb_to_recordset($2::jsonb) as c (id uuid, "memberId" uuid, "claimedId" uuid, holder text)
    on conflict do nothing
    returning id, member_id as "memberId", claimant, holder, opened_at as "openedAt"`,
  [claimant, JSON.stringify(claims.map((claim) => ({ id: uuidv7(), ...claim }))), at]);

/** Claims that concern a province, on either side, newest first. */
export const claimsOf = (db: Queryable, province: string): Promise<DuplicateClaim[]> =>
  db.query(`/* directory.claimsOf */
    select id, member_id as "memberId", claimant, holder, opened_at as "openedAt" from duplicate_claim
     where claimant = $1 or holder = $1 order by opened_at desc limit 1000`, [province]);
