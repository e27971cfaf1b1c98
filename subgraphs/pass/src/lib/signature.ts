import { refuse, type Part } from '../refusals/passRefusal.js';
import { compareBytes, concat } from './bytes.js';
import { order, toBytes, toNumber } from './p256.js';

const orderBytes = toBytes(order);
const halfOrder = toBytes(order >> 1n);
const zero = new Uint8Array(32);

/**
 * The form of an ES256 signature, before anything is computed with it. Of the two values s that verify, platforms take both;
 * the profile takes the lower, so that no code can be turned into another that is as good.
 */
export function checkSignature(signature: Uint8Array, part: Part, { lowS = true } = {}): void {
  if (signature.length !== 64) refuse(signature[0] === 0x30 && signature[1] === signature.length - 2 ? 'SIGNATURE_DER' : 'MALFORMED', part);
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  for (const number of [r, s]) {
    if (compareBytes(number, orderBytes) >= 0 || compareBytes(number, zero) === 0) refuse('SIGNATURE_RANGE', part);
  }
  if (lowS && compareBytes(s, halfOrder) > 0) refuse('SIGNATURE_HIGH_S', part);
}

/** The signature with the lower s: what a signer's hardware or browser gives may have either. */
export function toLowS(signature: Uint8Array): Uint8Array {
  const s = signature.subarray(32);
  return compareBytes(s, halfOrder) > 0 ? concat(signature.subarray(0, 32), toBytes(order - toNumber(s))) : signature;
}
