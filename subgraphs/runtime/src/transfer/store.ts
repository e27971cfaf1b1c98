import type { Viewer } from '@delta/schema/viewer';
import type { Queryable } from '../db/database.js';
import type { DeclineReason, OwnershipTransfer, TransferState } from './types.js';

const columns = `t.id, t.member_id as "memberId", t.version, t.peer, t.from_organization_id as "fromOrganizationId", t.to_organization_id as "toOrganizationId",
  t.release, t.state, t.reason, t.opened_at as "openedAt", t.settled_at as "settledAt"`;

/** Records the act; null when this viewer used the client key before, or where it is known. @param by who acted; null for what others say of it */
export async function insertTransfer(within: Queryable, transfer: OwnershipTransfer, by: { readonly viewer: Viewer; readonly clientKey: string } | null): Promise<OwnershipTransfer | null> {
  const { id, memberId, version, peer, fromOrganizationId, toOrganizationId, release, state, reason, openedAt, settledAt } = transfer;
  const rows = await within.query<OwnershipTransfer>(`/* transfer.insert */
    insert into ownership_transfer as t (id, member_id, version, peer, from_organization_id, to_organization_id, release, state, reason, opened_at, settled_at, viewer_issuer, viewer_subject, viewer_role, client_key)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) on conflict do nothing returning ${columns}`, [
    id, memberId, version, peer, fromOrganizationId, toOrganizationId, release, state, reason, openedAt, settledAt,
    by?.viewer.issuer ?? null, by?.viewer.subject ?? null, by?.viewer.role ?? null, by?.clientKey ?? null,
  ]);
  return rows[0] ?? null;
}

export const findTransferByKey = async (db: Queryable, viewer: Viewer, clientKey: string): Promise<OwnershipTransfer | null> => (await db.query<OwnershipTransfer>(`/* transfer.findByKey */
  select ${columns} from ownership_transfer t where t.viewer_issuer = $1 and t.viewer_subject = $2 and t.client_key = $3`, [viewer.issuer, viewer.subject, clientKey]))[0] ?? null;

/** @returns whether it was open until now */
export const settleTransfer = async (within: Queryable, id: string, state: TransferState, reason: DeclineReason | null, at: Date): Promise<boolean> =>
  // TypeORM gives rows and count of an update, so the rows are selected from it.
  (await within.query(`/* transfer.settle */
    with settled as (update ownership_transfer set state = $2, reason = $3, settled_at = $4 where id = $1 and state = 'SENT' returning 1) select * from settled`, [id, state, reason, at])).length > 0;

/** Transfers out of organisations at `scope` or below it, by id. */
export const findTransfers = (db: Queryable, scope: string, ids: readonly string[]): Promise<OwnershipTransfer[]> => db.query<OwnershipTransfer>(`/* transfer.find */
  select ${columns} from ownership_transfer t join organization o on o.id = t.from_organization_id where t.id = any($2) and o.path @> array[$1::text]`, [scope, ids]);

/** Newest first, by id: a UUIDv7 begins with its time. One row more than `limit` tells whether more follow. */
export const listTransfers = (db: Queryable, scope: string, before: string | null, limit: number): Promise<OwnershipTransfer[]> => db.query<OwnershipTransfer>(`/* transfer.list */
  select ${columns} from ownership_transfer t join organization o on o.id = t.from_organization_id
   where o.path @> array[$1::text] and ($2::text is null or t.id < $2) order by t.id desc limit $3`, [scope, before, limit + 1]);

/** Of these members, those whose record went to another province, by the paths of the organisation that each left. */
export const findDepartures = (db: Queryable, memberIds: readonly string[]): Promise<{ memberId: string; path: string[] }[]> => db.query(`/* transfer.departures */
  select m.id as "memberId", o.path from member m
    join lateral (select from_organization_id from ownership_transfer t where t.member_id = m.id and t.state = 'RECEIVED' order by t.version desc limit 1) t on true
    join organization o on o.id = t.from_organization_id
   where m.id = any($1::uuid[]) and m.moved_to is not null`, [memberIds]);

export const organizationExists = async (within: Queryable, id: string): Promise<boolean> =>
  (await within.query('/* transfer.organization */ select 1 from organization where id = $1 for key share', [id])).length > 0;
