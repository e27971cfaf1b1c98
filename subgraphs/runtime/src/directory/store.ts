import type { Database, Queryable } from '../db/database.js';
import type { DuplicateClaim, LookNotice, RegistrationEntry } from './message.js';

/** Members that the directory has not yet taken. */
export const unregisteredMembers = (db: Database, limit: number): Promise<RegistrationEntry[]> => db.query<RegistrationEntry>(`/* registration.pending */
  select id as "memberId", blind_index as "blindIndex", ownership_version as "ownershipVersion"
    from member where registered_at is null and shredded_at is null order by id limit $1`, [limit]);

/** Marks members as answered for: accepted, or refused with a claim that both provinces see. */
export const markRegistered = async (db: Queryable, ids: readonly string[], at: Date): Promise<void> => {
  if (ids.length === 0) return;
  await db.query('/* registration.mark */ update member set registered_at = $2 where id = any($1::uuid[])', [ids, at]);
};

/** Shredded members that the directory may still know. */
export const unreleasedMembers = async (db: Database, limit: number): Promise<string[]> => {
  const rows = await db.query<{ id: string }>(`/* registration.releases */
    select id from member where shredded_at is not null and released_at is null order by id limit $1`, [limit]);
  return rows.map(({ id }) => id);
};

/**
 * A batch that was read before the shredding may still be on its way with the member among its entries, so a release is
 * repeated until no such batch can arrive any more.
 */
export const markReleased = async (db: Queryable, ids: readonly string[], at: Date): Promise<void> => {
  if (ids.length === 0) return;
  await db.query(`/* registration.released */
    update member set released_at = $2::timestamptz where id = any($1::uuid[]) and shredded_at < $2::timestamptz - interval '90 seconds'`, [ids, at]);
};

export const storeClaims = async (db: Queryable, claims: readonly DuplicateClaim[]): Promise<void> => {
  if (claims.length === 0) return;
  await db.query(`/* registration.claims */
    insert into duplicate_claim (id, member_id, claimant, holder, opened_at)
    select c.id, c."memberId", c.claimant, c.holder, c."openedAt"
      from jsonb_to_recordset($1::jsonb) as c (id uuid, "memberId" uuid, claimant text, holder text, "openedAt" timestamptz)
    on conflict do nothing`, [JSON.stringify(claims)]);
};

/** Keeps looks at this province's own members, each once; what concerns nobody here is dropped. */
export const storeLooks = async (db: Queryable, source: string, looks: readonly LookNotice[]): Promise<void> => {
  if (looks.length === 0) return;
  await db.query(`/* registration.looks */
    insert into access_notice (source, id, at, kind, member_id, viewer_role, viewer_province, viewer_organization, purpose, fields)
    select $1, l.id, l.at, l.kind, l."memberId", l.role, l.province, l.organization, l.purpose,
           coalesce((select array_agg(f) from jsonb_array_elements_text(l.fields) f), '{}')
      from jsonb_to_recordset($2::jsonb) as l (id uuid, at timestamptz, kind text, "memberId" uuid, role text, province text, organization text, purpose text, fields jsonb)
      join member m on m.id = l."memberId"
    on conflict do nothing`, [source, JSON.stringify(looks)]);
};

/** How long the member can see a look that another recorded: as long as the audit is kept. */
export const dropExpiredLooks = async (db: Queryable, now: Date): Promise<void> => {
  await db.query(`/* registration.expire */ delete from access_notice where at < $1::timestamptz - interval '3 years'`, [now]);
};

/** Place in the zone's audit chain up to which this province has heard of looks at its members. */
export const readHeard = async (db: Database): Promise<string> =>
  (await db.query<{ position: string }>('/* registration.heard */ select position from exchange_cursor where stream = \'looks\''))[0]?.position ?? '0';

export const storeHeard = async (db: Queryable, looks: string): Promise<void> => {
  await db.query(`/* registration.hear */
    insert into exchange_cursor (stream, position) values ('looks', $1)
    on conflict (stream) do update set position = excluded.position where exchange_cursor.position <> excluded.position`, [looks]);
};
