import type { Part } from '../refusals/passRefusal.js';
import type { TrustedKeys, TrustKey } from './trustKey.js';

export const part: Part = 'trustList';
export const trustListType = 'application/delta-trustlist+cbor';
export const trustClaims = { expires: 4, issuedAt: 6, list: -65538 } as const;

/** Signatures of different roots that a list needs. */
export const signaturesNeeded = 2;

/** A provincial root: its key signs trust lists and nothing else. */
export interface Root {
  readonly issuer: string;
  /** Eight bytes in hexadecimal. */
  readonly kid: string;
  readonly publicKey: Uint8Array;
}

/** An owner that exchanges events, and where it answers. Its keys are those with the use `exchange`. */
export interface Peer { readonly owner: string; readonly address: string }

/** What the roots sign. Times in seconds. */
export interface TrustListContent {
  /** Rises by at least one with every list. */
  readonly sequence: number;
  readonly issuedAt: number;
  /** At most seven days later. */
  readonly expires: number;
  readonly keys: readonly TrustKey[];
  /** Kids of keys that others have got hold of: the emergency list. */
  readonly compromised: readonly string[];
  readonly peers: readonly Peer[];
}

/** A verified list. */
export interface TrustList extends TrustListContent, TrustedKeys {
  /** SHA-256 of what was signed (not of the signatures, which may be others) in hexadecimal: what a station remembers with the sequence. */
  readonly digest: string;
}
