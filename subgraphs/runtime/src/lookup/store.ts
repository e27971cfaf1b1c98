import type { Viewer } from '@delta/schema/viewer';
import type { Queryable } from '../db/database.js';
import type { LookupRecord } from './types.js';

const columns = 'id, blind_index as "blindIndex", purpose, opened_at as "openedAt", expires_at as "expiresAt"';

/** Records the act; null when this viewer used the client key before. */
export async function insertLookup(db: Queryable, lookup: LookupRecord, viewer: Viewer, clientKey: string): Promise<LookupRecord | null> {
  const rows = await db.query<LookupRecord>(`/* lookup.insert */
    insert into lookup (id, blind_index, purpose, viewer_issuer, viewer_subject, viewer_role, viewer_organization, client_key, opened_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning ${columns}`, [
    lookup.id, lookup.blindIndex, lookup.purpose, viewer.issuer, viewer.subject, viewer.role, viewer.organization, clientKey, lookup.openedAt, lookup.expiresAt,
  ]);
  return rows[0] ?? null;
}

export async function findLookupByKey(db: Queryable, viewer: Viewer, clientKey: string): Promise<LookupRecord | null> {
  const rows = await db.query<LookupRecord>(`/* lookup.findByKey */
    select ${columns} from lookup where viewer_issuer = $1 and viewer_subject = $2 and client_key = $3`, [viewer.issuer, viewer.subject, clientKey]);
  return rows[0] ?? null;
}

/** The viewer's own lookup by id. */
export async function findOwnLookup(db: Queryable, viewer: Viewer, id: string): Promise<LookupRecord | null> {
  const rows = await db.query<LookupRecord>(`/* lookup.findOwn */
    select ${columns} from lookup where id = $1 and viewer_issuer = $2 and viewer_subject = $3`, [id, viewer.issuer, viewer.subject]);
  return rows[0] ?? null;
}
