import { generateKeyPairSync } from 'node:crypto';
import { createNodeSigner, type PassSigner } from '@delta/pass';

/** A key with its public point: a phone's, a root's. */
export type HeldSigner = PassSigner & { readonly publicKey: Uint8Array; /** In hexadecimal. */ readonly kidText: string };

export function newSigner(): HeldSigner {
  const signer = createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  return { ...signer, kidText: Buffer.from(signer.kid).toString('hex') };
}
