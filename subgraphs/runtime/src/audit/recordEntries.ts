import { PlatformError } from '@delta/schema/errors';
import { v7 as uuidv7 } from 'uuid';
import type { Queryable } from '../db/database.js';
import type { AuditEntry, AuditedRequest } from './types.js';

/** What one request has to record. */
export interface Recording {
  readonly request: AuditedRequest;
  readonly entries: readonly AuditEntry[];
  readonly at: Date;
}

/**
 * Any number of requests with all their entries, by one statement. The nonce of a request's context is claimed by the statement
 * that records: a replay to another replica waits for the row here, then finds it taken and records nothing. What the same
 * request has claimed before is its own.
 */
const record = `/* audit.record */ /* prepared */
  with asked as materialized (
    select * from jsonb_to_recordset($1::jsonb) as r (n integer, at timestamptz, request_id text, issuer text, subject text, role text, province text, organization text,
                                                      nonce text, claimant uuid)),
  claimed as (
    insert into audit_nonce (nonce, claimant, until) select nonce, claimant, now() + interval '1 minute' from asked where nonce is not null
    on conflict do nothing returning nonce, claimant),
  allowed as materialized (
    select * from asked a where a.nonce is null
        or exists (select from claimed c where c.nonce = a.nonce and c.claimant = a.claimant)
        or exists (select from audit_nonce k where k.nonce = a.nonce and k.claimant = a.claimant)),
  written as (
    insert into audit_entry (at, id, request_id, kind, member_id, viewer_issuer, viewer_subject, viewer_role, viewer_province,
                             viewer_organization, purpose, reference, fields, reason)
    select a.at, e.id, a.request_id, e.kind, e.member_id, a.issuer, a.subject, a.role, a.province, a.organization, e.purpose, e.reference, e.fields, e.reason
      from jsonb_to_recordset($2::jsonb) as e (n integer, id uuid, kind text, member_id uuid, purpose text, reference text, fields text[], reason text)
      join allowed a on a.n = e.n
    returning at, id),
  pending as (insert into audit_pending (at, id) select at, id from written)
  select n from allowed`;

/** Writes all of them or, where the statement fails, none. @returns those whose nonce was used by another: nothing of them is recorded */
export async function writeRecordings(db: Queryable, recordings: readonly Recording[]): Promise<Recording[]> {
  const requests = recordings.map(({ request: { viewer, requestId, nonce, claimant }, at }, n) => ({
    n, at, request_id: requestId, issuer: viewer?.issuer, subject: viewer?.subject, role: viewer?.role, province: viewer?.province, organization: viewer?.organization,
    ...(nonce === undefined || claimant === undefined ? {} : { nonce, claimant }),
  }));
  const entries = recordings.flatMap((recording, n) => recording.entries.map(({ kind, memberId, purpose, reference, fields, reason }) => (
    { n, id: uuidv7(), kind, member_id: memberId, purpose, reference, fields, reason: reason ?? null })));
  const allowed = await db.query<{ n: number }>(record, [JSON.stringify(requests), JSON.stringify(entries)]);
  if (allowed.length === recordings.length) return [];
  const places = new Set(allowed.map(({ n }) => n));
  return recordings.filter((_, n) => !places.has(n));
}

/**
 * Writes all entries of one request by one statement; within a transaction, an act's entries with the act.
 * @throws PlatformError CONTEXT_REFUSED when the request's nonce was used by another: nothing is recorded then
 */
export async function recordEntries(db: Queryable, request: AuditedRequest, entries: readonly AuditEntry[], at: Date): Promise<void> {
  if (entries.length === 0) return;
  const refused = async (): Promise<boolean> => (await writeRecordings(db, [{ request, entries, at }])).length > 0;
  // Two acts of one request may claim at once: the second waited for the first, which its snapshot is too old to see.
  if ((await refused()) && (await refused())) throw new PlatformError('CONTEXT_REFUSED');
}
