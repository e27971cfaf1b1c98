import { equalBytes, toHex } from '../lib/bytes.js';
import { checkSignature } from '../lib/signature.js';
import { settle, type Steps } from '../lib/steps.js';
import { stepSeconds, stepWindow } from '../limits.js';
import type { Platform } from '../platform/platform.js';
import { refuse, type Part } from '../refusals/passRefusal.js';
import type { StationState } from '../station/stationState.js';
import type { Challenge } from './challenge.js';
import type { ProofCode } from './proofCode.js';
import { proofMessage, stepAt } from './proofMessage.js';

export interface ProofContext {
  /** SHA-256 of the credential. */
  readonly digest: Uint8Array;
  readonly holder: Uint8Array;
  readonly now: number;
  readonly state: StationState;
  readonly challenge?: Challenge;
}

export interface VerifiedProof {
  readonly step: number;
  /** SHA-256 of what the phone signed, in hexadecimal: the attendance carries it, so that a relayed proof shows. */
  readonly digest: string;
}

const part: Part = 'proof';

/**
 * The phone's word for this moment. With a challenge the phone signed station and activity too: a signature that does not fit
 * them was made for elsewhere; without one, it was made by another phone or for another pass.
 */
export function* verifyProof(platform: Platform, { step, nonce, signature }: ProofCode, { digest, holder, now, state, challenge }: ProofContext): Steps<VerifiedProof> {
  checkSignature(signature, part);
  const key = (yield* settle(platform.importKey(holder))) ?? refuse('HOLDER_KEY_OFF_CURVE', 'credential');
  const message = yield* proofMessage(platform, digest, step, nonce, challenge);
  if ((yield* settle(platform.verify(key, message, signature))) !== true) refuse(challenge ? 'PROOF_ELSEWHERE' : 'PROOF_OTHER_PASS', part);
  if (challenge && (!equalBytes(nonce, challenge.nonce) || step !== challenge.step)) refuse('PROOF_ELSEWHERE', part);
  if (Math.abs(step - stepAt(now)) > stepWindow) refuse('PROOF_STEP', part);
  const proof = toHex(yield* settle(platform.sha256(message)));
  if ((yield* settle(state.claimProof(proof, (step + stepWindow + 1) * stepSeconds))) !== true) refuse('PROOF_REPLAYED', part);
  return { step, digest: proof };
}
