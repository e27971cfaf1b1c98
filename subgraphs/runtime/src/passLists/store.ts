import type { Queryable } from '../db/database.js';
import type { ListKind } from './passLists.js';

/** A list as it was accepted; `number` only rises. */
export interface StoredList { readonly kind: ListKind | 'TRUST'; readonly kid: string; readonly number: number; readonly digest: string; readonly signed: Uint8Array }

export const storedLists = (db: Queryable): Promise<StoredList[]> =>
  db.query(`/* background.passLists.stored */ select kind, kid, number::float8 as number, digest, signed from pass_list`);

/**
 * Keeps an accepted list in the place of the one before.
 * @returns false where another replica has kept a newer one meanwhile, or another under the same sequence: that stays
 */
export async function storeList(db: Queryable, { kind, kid, number, digest, signed }: StoredList, at: Date): Promise<boolean> {
  const rows = await db.query(`/* background.passLists.store */
    insert into pass_list as l (kind, kid, number, digest, signed, accepted_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (kind, kid) do update set number = excluded.number, digest = excluded.digest, signed = excluded.signed, accepted_at = excluded.accepted_at
     where l.number < excluded.number or (l.number = excluded.number and (l.kind <> 'TRUST' or l.digest = excluded.digest))
    returning 1`, [kind, kid, number, digest, Buffer.from(signed), at]);
  return rows.length > 0;
}
