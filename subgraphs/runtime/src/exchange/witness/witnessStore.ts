import type { Queryable } from '../../db/database.js';
import type { Head } from './rules.js';

/** A signed head of an audit chain, by whose it is. */
export interface SignedCheckpoint { readonly owner: string; readonly token: string }

/** @returns false when it is known */
export const keepWitnessed = async (db: Queryable, { owner, seq, hash, at, token }: Head & SignedCheckpoint): Promise<boolean> => {
  const rows = await db.query(`/* background.exchange.witness */
    insert into audit_witness (owner, seq, hash, at, token) values ($1, $2, $3, $4, $5) on conflict do nothing returning 1`, [owner, seq, hash, at, token]);
  return rows.length > 0;
};

/** The heads that a head of this owner would contradict, if it does: at its place, the earliest beyond it, the last before it. */
export const witnessedBeside = (db: Queryable, { owner, seq, hash }: Head & { readonly owner: string }): Promise<(Head & SignedCheckpoint)[]> =>
  db.query(`/* background.exchange.beside */
    select owner, seq, hash, at, token from audit_witness where owner = $1 and seq = $2 and hash <> $3
     union all (select owner, seq, hash, at, token from audit_witness where owner = $1 and seq > $2 order by at limit 1)
     union all (select owner, seq, hash, at, token from audit_witness where owner = $1 and seq < $2 order by seq desc limit 1)`, [owner, seq, hash]);
