import type { Database, Queryable } from '../../db/database.js';
import type { DuplicateClaim, RegistrationEntry } from './message.js';

/** Members that the directory has not yet taken. */
export const unregisteredMembers = (db: Database, limit: number): Promise<RegistrationEntry[]> => db.query<RegistrationEntry>(`/* registration.pending */
  select id as "memberId", blind_index as "blindIndex", ownership_version as "ownershipVersion"
    from member where registered_at is null order by id limit $1`, [limit]);

/** Marks members as answered for: accepted, or refused with a claim that both provinces see. */
export const markRegistered = async (db: Queryable, ids: readonly string[], at: Date): Promise<void> => {
  await db.query('/* registration.mark */ update member set registered_at = $2 where id = any($1::uuid[])', [ids, at]);
};

export const storeClaims = async (db: Queryable, claims: readonly DuplicateClaim[]): Promise<void> => {
  if (claims.length === 0) return;
  await db.query(`/* registration.claims */
    insert into duplicate_claim (id, member_id, claimant, holder, opened_at)
    select c.id, c."memberId", c.claimant, c.holder, c."openedAt"
      from jsonb_to_recordset($1::jsonb) as c (id uuid, "memberId" uuid, claimant text, holder text, "openedAt" timestamptz)
    on conflict do nothing`, [JSON.stringify(claims)]);
};
