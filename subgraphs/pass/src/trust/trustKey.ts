import type { PlatformKey } from '../platform/platform.js';

/** What a key may sign: passes; status and known-issued lists; events of the exchange. */
export const keyUses = ['pass', 'status', 'exchange'] as const;
export type KeyUse = (typeof keyUses)[number];

/** A key as the trust list pins it. Times in seconds. */
export interface TrustKey {
  /** The first eight bytes of the public key's SHA-256, in hexadecimal. */
  readonly kid: string;
  /** `31`, `32`, `33` or `34`. */
  readonly issuer: string;
  readonly use: KeyUse;
  /** COSE's number: -7 for ES256. Others are carried and refused until a profile uses them. */
  readonly algorithm: number;
  /** Of an ES256 key its compressed point. */
  readonly publicKey: Uint8Array;
  /** Only what begins (a pass) or was made (a list) within these is good, whatever the clock says. */
  readonly from: number;
  readonly until: number;
}

/** Where a verifier looks keys up. */
export interface TrustedKeys {
  find(kid: string): (TrustKey & { readonly imported?: PlatformKey }) | undefined;
  isCompromised(kid: string): boolean;
}
