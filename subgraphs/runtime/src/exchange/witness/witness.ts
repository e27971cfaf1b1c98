import type { Trust } from '@delta/service/keys';
import { verifyCheckpoint } from '../../audit/index.js';
import type { Queryable } from '../../db/database.js';
import { contradict } from './rules.js';
import { keepWitnessed, witnessedBeside, type SignedCheckpoint } from './witnessStore.js';

/** Two heads that one owner signed and that cannot both be true; both are kept. */
export interface Fork extends SignedCheckpoint {
  readonly seq: string;
  /** The head that was known before. */
  readonly contradicts: string;
  /** Whether it was seen for the first time. */
  readonly isNew: boolean;
}

/**
 * Keeps heads of others' audit chains, so that their owner cannot take back what it recorded without contradicting itself here.
 * A head is never replaced. What its owner did not sign is not kept.
 */
export async function witness(db: Queryable, trust: Trust, heads: readonly SignedCheckpoint[]): Promise<Fork[]> {
  const forks: Fork[] = [];
  for (const { owner, token } of heads) {
    const head = await verifyCheckpoint(trust, owner, token).catch(() => null);
    if (!head) continue;
    const isNew = await keepWitnessed(db, { ...head, token });
    const other = (await witnessedBeside(db, head)).find((known) => contradict(known, head));
    if (other) forks.push({ owner, token, seq: head.seq, contradicts: other.token, isNew });
  }
  return forks;
}
