import type { Queryable } from '../db/database.js';

/** What came of taking up one stream after this owner was restored from a backup. */
export interface Recovery {
  readonly id: string;
  readonly at: Date;
  readonly peer: string;
  /** Places that were taken back from the peer, both inclusive; from `to + 1` on nothing was there to be taken. */
  readonly from: number;
  readonly to: number;
  readonly taken: number;
  /** Events that had got a place meanwhile, had not arrived, and wait again. */
  readonly returned: number;
  /** Of those taken back: data destroyed with their subject's key, or of a type that restores nothing. Their envelopes are here, their effect on our own rows is not. */
  readonly shredded: number;
  readonly unrestored: number;
  /**
   * The last own event to this peer that is known to be older than the loss: what was written after it, until `at`, and reached
   * no peer, is lost. Null where none is known.
   */
  readonly lostAfter: Date | null;
}

export const insertRecovery = async (within: Queryable, { id, at, peer, from, to, taken, returned, shredded, unrestored, lostAfter }: Recovery): Promise<void> => {
  await within.query(`/* background.exchange.recovery */
    insert into exchange_recovery (id, at, peer, from_seq, to_seq, taken, returned, shredded, unrestored, lost_after) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
  [id, at, peer, from, to, taken, returned, shredded, unrestored, lostAfter]);
};

/** When an event of the log was written. */
export const writtenAt = async (within: Queryable, peer: string, seq: number): Promise<Date | null> =>
  (await within.query<{ at: Date }>('/* background.exchange.writtenAt */ select at from exchange_log where peer = $1 and seq = $2', [peer, seq]))[0]?.at ?? null;
