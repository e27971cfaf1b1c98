import { createPublicKey, sign, type KeyObject } from 'node:crypto';
import { fromHex } from '../lib/bytes.js';
import { compressPoint } from '../lib/p256.js';
import type { PassSigner } from '../lib/signer.js';
import { kidOf } from './kidOf.js';

/** A signer over a private key in memory: for development and tests. Production signs in a device behind the same interface. */
export function createNodeSigner(privateKey: KeyObject): PassSigner & { readonly publicKey: Uint8Array } {
  // The point ends the key's DER (RFC 5480). A fresh key's export as a JWK can wait for itself for ever in Node 20.
  const publicKey = compressPoint(new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-65)));
  return {
    publicKey,
    kid: fromHex(kidOf(publicKey)),
    sign: (bytes) => Promise.resolve(new Uint8Array(sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' }))),
  };
}
