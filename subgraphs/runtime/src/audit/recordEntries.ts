import { v7 as uuidv7 } from 'uuid';
import type { Queryable } from '../db/database.js';
import type { AuditEntry, AuditedRequest } from './types.js';

/** Writes all entries of a request with one statement. */
export async function recordEntries(db: Queryable, request: AuditedRequest, entries: readonly AuditEntry[], at: Date): Promise<void> {
  if (entries.length === 0) return;
  const { viewer, requestId } = request;
  await db.query(`/* audit.record */
    insert into audit_entry (id, at, request_id, kind, member_id, viewer_issuer, viewer_subject, viewer_role, viewer_province,
                             viewer_organization, purpose, reference, fields)
    select e.id, $1, $2, e.kind, e.member_id, $3, $4, $5, $6, $7, e.purpose, e.reference,
           coalesce((select array_agg(f) from jsonb_array_elements_text(e.fields) f), '{}')
      from jsonb_to_recordset($8::jsonb) as e (id uuid, kind text, member_id uuid, purpose text, reference text, fields jsonb)`, [
    at, requestId, viewer?.issuer ?? null, viewer?.subject ?? null, viewer?.role ?? null, viewer?.province ?? null,
    viewer?.organization ?? null,
    JSON.stringify(entries.map((entry) => ({
      id: uuidv7(), kind: entry.kind, member_id: entry.memberId, purpose: entry.purpose, reference: entry.reference, fields: entry.fields,
    }))),
  ]);
}
