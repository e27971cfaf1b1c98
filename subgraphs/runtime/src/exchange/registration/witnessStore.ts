import type { Queryable } from '../../db/database.js';
import type { SignedCheckpoint } from './message.js';
import type { Head } from './rules.js';

/** The newest head of its own chain that this service has signed. */
export const newestCheckpoint = async (db: Queryable): Promise<string | null> => {
  const [row] = await db.query<{ token: string }>('/* registration.checkpoint */ select token from audit_checkpoint order by seq desc limit 1');
  return row?.token ?? null;
};

/** @returns false when it is known */
export const keepWitnessed = async (db: Queryable, { owner, seq, hash, at, token }: Head & SignedCheckpoint): Promise<boolean> => {
  const rows = await db.query(`/* registration.witness */
    insert into audit_witness (owner, seq, hash, at, token) values ($1, $2, $3, $4, $5) on conflict do nothing returning 1`, [owner, seq, hash, at, token]);
  return rows.length > 0;
};

/** The heads that a head of this owner would contradict, if it does: at its place, the earliest beyond it, the last before it. */
export const witnessedBeside = (db: Queryable, { owner, seq, hash }: Head & { readonly owner: string }): Promise<(Head & SignedCheckpoint)[]> =>
  db.query(`/* registration.beside */
    select owner, seq, hash, at, token from audit_witness where owner = $1 and seq = $2 and hash <> $3
     union all (select owner, seq, hash, at, token from audit_witness where owner = $1 and seq > $2 order by at limit 1)
     union all (select owner, seq, hash, at, token from audit_witness where owner = $1 and seq < $2 order by seq desc limit 1)`, [owner, seq, hash]);

/**
 * Heads that this service came to know after `after`, oldest first, but not `owner`'s own. The last seconds are told again each
 * time: what is committed later than a newer one would otherwise be left out.
 */
export const witnessedSince = async (db: Queryable, owner: string, after: string | null, limit: number): Promise<{ heads: SignedCheckpoint[]; until: string | null }> => {
  const rows = await db.query<SignedCheckpoint & { until: string }>(`/* registration.relay */
    select owner, token, least(received_at, now() - interval '10 seconds')::text as until from audit_witness
     where owner <> $1 and ($2::timestamptz is null or received_at > $2) order by received_at limit $3`, [owner, after, limit]);
  return { heads: rows.map((row) => ({ owner: row.owner, token: row.token })), until: rows.at(-1)?.until ?? after };
};
