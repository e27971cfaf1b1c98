import { finish } from '../lib/steps.js';
import { signLow, type PassSigner } from '../lib/signer.js';
import type { Platform } from '../platform/platform.js';
import { writeProofCode } from './proofCode.js';
import { proofMessage, type Place } from './proofMessage.js';

export interface ProofOptions {
  readonly step: number;
  /** Eight random bytes, or those of the station's challenge. */
  readonly nonce: Uint8Array;
  /** Given when it answers a challenge. */
  readonly place?: Place;
}

/** The text of the code that a phone shows. `signer` holds the key that the credential names. */
export async function signProof(platform: Platform, credential: Uint8Array, { step, nonce, place }: ProofOptions, signer: Pick<PassSigner, 'sign'>): Promise<string> {
  const digest = await platform.sha256(credential);
  const message = await finish(proofMessage(platform, digest, step, nonce, place));
  const signature = await signLow({ kid: new Uint8Array(), sign: (bytes) => signer.sign(bytes) }, message);
  return writeProofCode({ credential, step, nonce, signature });
}
