import { createHash } from 'node:crypto';
import { PassRefusal } from '@delta/pass';
import type { Queryable } from '../db/database.js';
import { claimChallenge, claimProof, claimUse } from './store.js';
import type { Claims } from './types.js';

/**
 * Claims what a pass that was judged valid uses up, in the order in which the core would: the phone's word, the challenge that it
 * answers, the attendance. Of two replicas that come at once the second waits for the first's transaction and is refused. A challenge
 * that another phone has answered is none of this one's.
 *
 * @returns the refusal, if one was claimed before; what was claimed until then stays claimed
 */
export async function claimShown(within: Queryable, { proof, use }: Claims, challengeId: string | undefined, now: Date): Promise<PassRefusal | undefined> {
  if (proof && !(await claimProof(within, Buffer.from(proof.digest, 'hex'), new Date(proof.until * 1000)))) return new PassRefusal('PROOF_REPLAYED', 'proof');
  if (challengeId !== undefined && !(await claimChallenge(within, challengeId, now))) return new PassRefusal('PROOF_ELSEWHERE', 'proof');
  if (use !== undefined && !(await claimUse(within, createHash('sha256').update(use).digest(), now))) return new PassRefusal('SECOND_USE', 'station');
  return undefined;
}
