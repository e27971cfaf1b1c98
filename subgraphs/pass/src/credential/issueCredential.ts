import { encodeBase45 } from '../lib/base45.js';
import type { PassSigner } from '../lib/signer.js';
import { writeSign1 } from '../lib/sign1.js';
import { maxCredential } from '../limits.js';
import { refuse } from '../refusals/passRefusal.js';
import { checkLife, decodeClaims, encodeClaims, type Claims } from './claims.js';

/** The credential's bytes, which the phone keeps and signs proofs over. Claims that a station would refuse are refused here, by the same code. */
export async function issueCredential(claims: Claims, signer: PassSigner): Promise<Uint8Array> {
  const payload = encodeClaims(claims);
  checkLife(decodeClaims(payload));
  const credential = await writeSign1(payload, signer);
  return credential.length > maxCredential ? refuse('OVERSIZED', 'credential') : credential;
}

/** What a paper pass bears. */
export const credentialText = (credential: Uint8Array): string => `AP1:${encodeBase45(credential)}`;
