import { compressPoint } from '../lib/p256.js';
import type { PassSigner } from '../lib/signer.js';

type Pair = Extract<Awaited<ReturnType<typeof globalThis.crypto.subtle.generateKey>>, { readonly privateKey: unknown }>;

/** A phone's key, made in the browser and never to leave it: not even the page can read the private part. */
export async function createWebHolder(): Promise<{ readonly pair: Pair; readonly publicKey: Uint8Array }> {
  const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']) as Pair;
  return { pair, publicKey: compressPoint(new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey))) };
}

/** Signs proofs with a private key of WebCrypto, such as one that IndexedDB kept. */
export const holderSigner = (privateKey: Pair['privateKey']): Pick<PassSigner, 'sign'> => ({
  sign: async (bytes) => new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey, bytes as Uint8Array<ArrayBuffer>)),
});
