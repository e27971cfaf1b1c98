import { decodeCbor } from '../lib/decodeCbor.js';
import { encodeCbor } from '../lib/encodeCbor.js';
import { encodeBase45 } from '../lib/base45.js';
import { fieldsOf } from '../lib/readFields.js';
import type { Part } from '../refusals/passRefusal.js';

/** What a phone's code holds: the credential, and the phone's word for this moment. */
export interface ProofCode {
  readonly credential: Uint8Array;
  readonly step: number;
  readonly nonce: Uint8Array;
  readonly signature: Uint8Array;
}

const part: Part = 'proof';
const read = fieldsOf(part);

export function readProofCode(bytes: Uint8Array): ProofCode {
  const [credential, step, nonce, signature] = read.array(decodeCbor(bytes, part), 4);
  return { credential: read.bytes(credential), step: read.unsigned(step), nonce: read.bytes(nonce, 8), signature: read.bytes(signature) };
}

export const writeProofCode = ({ credential, step, nonce, signature }: ProofCode): string =>
  `AP2:${encodeBase45(encodeCbor([credential, step, nonce, signature]))}`;
