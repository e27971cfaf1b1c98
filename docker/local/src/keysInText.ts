import type { TrustKey } from '@delta/pass';

/** A key as files that are carried have it: its point in hexadecimal. */
export type KeyInText = Omit<TrustKey, 'publicKey'> & { readonly publicKey: string };

export const keysToText = (keys: readonly TrustKey[]): readonly KeyInText[] => keys.map((key) => ({ ...key, publicKey: Buffer.from(key.publicKey).toString('hex') }));

/** Judges nothing: what a list may hold, the core says when the list is made. */
export const keysFromText = (keys: readonly KeyInText[]): readonly TrustKey[] => keys.map((key) => ({ ...key, publicKey: new Uint8Array(Buffer.from(key.publicKey, 'hex')) }));
