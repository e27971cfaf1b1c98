import type { Database, Queryable } from '../db/database.js';
import type { DuplicateClaim, LookNotice } from './events.js';
import type { RegistrationEntry } from './message.js';

/** Members that the directory has not yet taken. */
export const unregisteredMembers = (db: Database, limit: number): Promise<RegistrationEntry[]> => db.query<RegistrationEntry>(`/* registration.pending */
  select id as "memberId", blind_index as "blindIndex", ownership_version as "ownershipVersion", releases
    from member where registered_at is null and shredded_at is null order by id limit $1`, [limit]);

/** Marks members as answered for: accepted, or refused with a claim that both provinces see. */
export const markRegistered = async (db: Queryable, ids: readonly string[], at: Date): Promise<void> => {
  if (ids.length === 0) return;
  await db.query('/* registration.mark */ update member set registered_at = $2 where id = any($1::uuid[])', [ids, at]);
};

/** The directory was restored from a backup: what was registered in bulk since then it has not, and nobody knows since when. */
export const registerAgain = async (db: Queryable): Promise<void> => {
  await db.query('/* registration.again */ update member set registered_at = null where registered_at is not null and shredded_at is null');
};

export const storeClaims = async (db: Queryable, claims: readonly DuplicateClaim[]): Promise<void> => {
  if (claims.length === 0) return;
  await db.query(`/* background.directory.claims */
    insert into duplicate_claim (id, member_id, claimant, holder, opened_at)
    select c.id, c."memberId", c.claimant, c.holder, c."openedAt"
      from jsonb_to_recordset($1::jsonb) as c (id uuid, "memberId" uuid, claimant text, holder text, "openedAt" timestamptz)
    on conflict do nothing`, [JSON.stringify(claims)]);
};

/** A look, by who recorded it: a province's code, or `zone`. */
export interface KeptLook extends LookNotice { readonly recordedBy: string }

/** Keeps looks at members whose record is here, or was, each once; what concerns nobody here is dropped. */
export const keepLooks = async (db: Queryable, looks: readonly KeptLook[]): Promise<void> => {
  if (looks.length === 0) return;
  await db.query(`/* background.directory.looks */
    insert into access_notice (source, id, at, kind, member_id, viewer_role, viewer_province, viewer_organization, purpose, fields)
    select l."recordedBy", l.id, l.at, l.kind, l."memberId", l.role, l.province, l.organization, l.purpose,
           coalesce((select array_agg(f) from jsonb_array_elements_text(l.fields) f), '{}')
      from jsonb_to_recordset($1::jsonb) as l ("recordedBy" text, id uuid, at timestamptz, kind text, "memberId" uuid, role text, province text, organization text, purpose text, fields jsonb)
      join member m on m.id = l."memberId"
    on conflict do nothing`, [JSON.stringify(looks)]);
};

export const storeLooks = (db: Queryable, recordedBy: string, looks: readonly LookNotice[]): Promise<void> => keepLooks(db, looks.map((look) => ({ ...look, recordedBy })));

/** How long the member can see a look that another recorded: as long as the audit is kept. */
export const dropExpiredLooks = async (db: Queryable, now: Date): Promise<void> => {
  await db.query(`/* registration.expire */ delete from access_notice where at < $1::timestamptz - interval '3 years'`, [now]);
};
