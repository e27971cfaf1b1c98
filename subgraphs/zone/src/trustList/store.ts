import type { Queryable, Transaction } from '@delta/runtime/db/database';
import type { TrustList } from '@delta/pass';

/** A list as it was accepted. Times in seconds. */
export interface StoredTrustList { readonly sequence: number; readonly digest: string; readonly issuedAt: number; readonly expires: number; readonly signed: Buffer }

/** The list in force; undefined before the first. */
export async function newestTrustList(db: Queryable): Promise<StoredTrustList | undefined> {
  const [row] = await db.query<StoredTrustList>(`/* background.trustList.newest */
    select sequence::float8 as sequence, digest, issued_at::float8 as "issuedAt", expires_at::float8 as expires, signed from trust_list order by trust_list.sequence desc limit 1`);
  return row;
}

/** Of two lists that come at once, the second is judged by what the first left. A table that is only added to cannot be locked. */
export const lockTrustLists = (within: Transaction): Promise<unknown> => within.query(`/* trustList.lock */ select pg_advisory_xact_lock(hashtext('delta.trust_list'))::text`);

export const insertTrustList = async (within: Transaction, { sequence, digest, issuedAt, expires }: TrustList, signed: Uint8Array, at: Date): Promise<void> => {
  await within.query(`/* trustList.insert */
    insert into trust_list (sequence, digest, issued_at, expires_at, signed, accepted_at) values ($1, $2, $3, $4, $5, $6)`, [sequence, digest, issuedAt, expires, Buffer.from(signed), at]);
};
