import type { Queryable } from '../db/database.js';

/** A checkpoint as somebody keeps it. */
export interface KeptCheckpoint {
  readonly seq: string;
  readonly hash: string;
  readonly token: string;
}

/** Who keeps checkpoints of a chain. */
export interface CheckpointSource {
  readonly keeper: string;
  /** Those after one place and up to another, in order; `until` null: the first one after. */
  read(after: bigint, until: bigint | null): Promise<KeptCheckpoint[]>;
}

const source = (keeper: string, db: Pick<Queryable, 'query'>, from: string, parameters: readonly unknown[]): CheckpointSource => ({
  keeper,
  read: (after, until) => db.query(`/* audit.checkpoints */
    select seq, hash, token from ${from} and seq > $1 and ($2::bigint is null or seq <= $2) order by seq limit case when $2::bigint is null then 1 end`,
  [after.toString(), until?.toString() ?? null, ...parameters]),
});

/** The owner's own copies. */
export const ownCheckpoints = (db: Pick<Queryable, 'query'>): CheckpointSource => source('the owner itself', db, 'audit_checkpoint where true', []);

/** What another keeps of an owner's: out of reach of the owner's administrators. */
export const witnessedCheckpoints = (keeper: string, db: Pick<Queryable, 'query'>, owner: string): CheckpointSource =>
  source(keeper, db, 'audit_witness where owner = $3', [owner]);
