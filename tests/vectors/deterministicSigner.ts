import { createHash } from 'node:crypto';
import { p256 } from '@noble/curves/nist.js';
import type { PassSigner } from '@delta/pass';

export interface TestKey extends PassSigner {
  readonly name: string;
  readonly secret: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** A key made of its name, for vectors only: everybody knows it. Signatures by RFC 6979, so that the same run writes the same files. */
export function testKey(name: string): TestKey {
  const secret = new Uint8Array(createHash('sha256').update(`delta pass test key: ${name}`).digest());
  const publicKey = p256.getPublicKey(secret, true);
  return {
    name, secret, publicKey,
    kid: new Uint8Array(createHash('sha256').update(publicKey).digest().subarray(0, 8)),
    sign: (bytes) => Promise.resolve(p256.sign(bytes, secret, { prehash: true, lowS: true })),
  };
}
