import { PlatformError } from '@delta/schema/errors';
import { v7 as uuidv7 } from 'uuid';
import type { Queryable } from '../db/database.js';
import type { AuditEntry, AuditedRequest } from './types.js';

const insert = `
  written as (
    insert into audit_entry (at, id, request_id, kind, member_id, viewer_issuer, viewer_subject, viewer_role, viewer_province,
                             viewer_organization, purpose, reference, fields, reason)
    select $1, e.id, $2, e.kind, e.member_id, $3, $4, $5, $6, $7, e.purpose, e.reference, e.fields, e.reason
      from jsonb_to_recordset($8::jsonb) as e (id uuid, kind text, member_id uuid, purpose text, reference text, fields text[], reason text)
     where {allowed}
    returning at, id)
  insert into audit_pending (at, id) select at, id from written returning id`;

const record = `/* audit.record */ /* prepared */ with ${insert.replace('{allowed}', 'true')}`;

/**
 * The context's nonce is claimed by the statement that records: a replay to another replica waits for the row here, then
 * finds it taken and records nothing. What the same request has claimed before is its own.
 */
const claimAndRecord = `/* audit.record */ /* prepared */
  with claimed as (
    insert into audit_nonce (nonce, claimant, until) values ($9, $10, now() + interval '1 minute')
    on conflict do nothing returning nonce),
  ${insert.replace('{allowed}', 'exists (select from claimed) or exists (select from audit_nonce where nonce = $9 and claimant = $10)')}`;

/**
 * Writes all entries of a request with one statement.
 * @throws PlatformError CONTEXT_REFUSED when the request's nonce was used by another: nothing is recorded then
 */
export async function recordEntries(db: Queryable, request: AuditedRequest, entries: readonly AuditEntry[], at: Date): Promise<void> {
  if (entries.length === 0) return;
  const { viewer, requestId, nonce, claimant } = request;
  const parameters = [
    at, requestId, viewer?.issuer ?? null, viewer?.subject ?? null, viewer?.role ?? null, viewer?.province ?? null,
    viewer?.organization ?? null,
    JSON.stringify(entries.map((entry) => ({
      id: uuidv7(), kind: entry.kind, member_id: entry.memberId, purpose: entry.purpose, reference: entry.reference, fields: entry.fields, reason: entry.reason ?? null,
    }))),
  ];
  if (nonce === undefined || claimant === undefined) {
    await db.query(record, parameters);
    return;
  }
  const claim = (): Promise<unknown[]> => db.query(claimAndRecord, [...parameters, nonce, claimant]);
  // Two acts of one request may claim at once: the second waited for the first, which its snapshot is too old to see.
  if ((await claim()).length === 0 && (await claim()).length === 0) throw new PlatformError('CONTEXT_REFUSED');
}
