import { verifyPassSync, type Challenge, type PassContext, type PassOutcome, type StationState, type StatusList } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import type { JudgingLists } from './createPassChecking.js';
import type { Claims } from './types.js';

/** What the pass is shown for. */
export interface Shown {
  readonly activity?: string;
  readonly session?: string;
  readonly risk?: 'low' | 'high';
  readonly challenge?: Challenge;
}

/** What the core says of a code, and what showing it uses up: that is still to be claimed. */
export interface Judged { readonly outcome: PassOutcome; readonly claims: Claims }

/** How old the answer of an issuer online may be. With what the issuer keeps (statusPublisher.ts) a revocation shows within a second, the way included. */
const freshMs = 200;

/**
 * Judges a code as it stands, by the newest lists.
 *
 * 1. By the lists at hand, without the network and without the database: whatever is malformed or forged ends here, so nobody makes
 *    a province ask another by inventing codes.
 * 2. Whose signature held is judged again by the issuer's list of this moment.
 *
 * The memory is asked by neither: what it would be asked is noted in its order, for `claimShown`, which asks it within the transaction
 * that records the check.
 *
 * @param seconds the server's time, which is the station's clock here
 * @throws PlatformError PASS_LISTS_MISSING
 */
export async function judgePass(lists: JudgingLists, text: string, shown: Shown, seconds: number): Promise<Judged> {
  let kid: string | undefined;
  const first = judgeBy(lists, text, shown, seconds, (of) => {
    kid = of;
    return lists.status(of);
  });
  if (kid === undefined) return first;
  const fresh = await lists.freshStatus(kid, freshMs);
  return judgeBy(lists, text, shown, seconds, (of) => (of === kid ? fresh : lists.status(of)));
}

function judgeBy(lists: JudgingLists, text: string, shown: Shown, seconds: number, status: (kid: string) => StatusList | undefined): Judged {
  const trust = lists.trust();
  if (!trust) throw new PlatformError('PASS_LISTS_MISSING');
  let claims: Claims = {};
  const state: StationState = {
    claimProof(digest, until) {
      claims = { ...claims, proof: { digest, until } };
      return true;
    },
    claimUse(use) {
      claims = { ...claims, use };
      return true;
    },
  };
  const context: PassContext = { profile: 'ap1', trust, status, knownIssued: (of) => lists.knownIssued(of), clock: { wall: seconds, monotonic: 0 }, state, ...shown };
  return { outcome: verifyPassSync(text, context), claims };
}
