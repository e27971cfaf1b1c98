import type { Viewer } from '@delta/schema/viewer';
import type { Queryable } from '../db/database.js';
import type { CaseOutcome, CaseRecord, CaseState } from './types.js';

const columns = `c.id, c.blind_index as "blindIndex", c.purpose, c.organization_id as "organizationId", c.opened_at as "openedAt",
  c.expires_at as "expiresAt", c.closed_at as "closedAt", c.outcome`;

/** Records the act; null when this viewer used the client key before. */
export async function insertCase(db: Queryable, file: CaseRecord, viewer: Viewer, clientKey: string): Promise<CaseRecord | null> {
  const rows = await db.query<CaseRecord>(`/* case.insert */
    insert into case_file as c (id, blind_index, purpose, organization_id, viewer_issuer, viewer_subject, viewer_role, client_key, opened_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning ${columns}`, [
    file.id, file.blindIndex, file.purpose, file.organizationId, viewer.issuer, viewer.subject, viewer.role, clientKey, file.openedAt, file.expiresAt,
  ]);
  return rows[0] ?? null;
}

export async function findCaseByKey(db: Queryable, viewer: Viewer, clientKey: string): Promise<CaseRecord | null> {
  const rows = await db.query<CaseRecord>(`/* case.findByKey */
    select ${columns} from case_file c where c.viewer_issuer = $1 and c.viewer_subject = $2 and c.client_key = $3`, [viewer.issuer, viewer.subject, clientKey]);
  return rows[0] ?? null;
}

/** Cases of one organisation by id; others' are absent like unknown ones. */
export const findCases = (db: Queryable, organizationId: string, ids: readonly string[]): Promise<CaseRecord[]> =>
  db.query<CaseRecord>(`/* case.find */
    select ${columns} from case_file c where c.id = any($2) and c.organization_id = $1`, [organizationId, ids]);

/** The case as it is and stays until the transaction ends: nobody closes it meanwhile. */
export async function holdCase(within: Queryable, organizationId: string, id: string): Promise<CaseRecord | null> {
  const rows = await within.query<CaseRecord>(`/* case.hold */
    select ${columns} from case_file c where c.id = $2 and c.organization_id = $1 for share`, [organizationId, id]);
  return rows[0] ?? null;
}

/** Closes it, once; null when it is not this organisation's or closed already. */
export async function setClosed(within: Queryable, organizationId: string, id: string, outcome: CaseOutcome, at: Date): Promise<CaseRecord | null> {
  const rows = await within.query<CaseRecord>(`/* case.close */
    with closed as (
      update case_file set closed_at = $4, outcome = $3 where id = $2 and organization_id = $1 and closed_at is null returning *)
    select ${columns} from closed c`, [organizationId, id, outcome, at]);
  return rows[0] ?? null;
}

/** Newest first, by id: a UUIDv7 begins with its time. One row more than `limit` tells whether more follow. */
export const listCases = (db: Queryable, organizationId: string, state: CaseState | null, now: Date, before: string | null, limit: number): Promise<CaseRecord[]> =>
  db.query<CaseRecord>(`/* case.list */
    select ${columns} from case_file c
     where c.organization_id = $1 and ($2::text is null or c.id < $2)
       and ($3::text is null or $3 = case when c.closed_at is not null then 'CLOSED' when c.expires_at <= $4 then 'EXPIRED' else 'OPEN' end)
     order by c.id desc limit $5`, [organizationId, before, state, now, limit + 1]);

/** A case about a person who was shredded stays as an act, about nobody that could be found again. */
export const forgetPerson = async (within: Queryable, blindIndex: string): Promise<void> => {
  await within.query(`/* case.forget */ update case_file set blind_index = 'shredded:' || id where blind_index = $1`, [blindIndex]);
};
