import type { Answer } from '../lib/steps.js';

/** A public key as the platform keeps it. */
export type PlatformKey = object;

/** What the rules cannot do themselves. Node answers at once, a browser by promises (lib/steps.ts). */
export interface Platform {
  sha256(bytes: Uint8Array): Answer<Uint8Array>;
  /** A compressed point of P-256, 33 bytes; undefined when it is no point of the curve. */
  importKey(point: Uint8Array): Answer<PlatformKey | undefined>;
  /** ES256 with the signature as r and s of 32 bytes each. */
  verify(key: PlatformKey, bytes: Uint8Array, signature: Uint8Array): Answer<boolean>;
  /** zlib (RFC 1950) to at most `max` bytes; 'tooLarge' past that, undefined when it cannot be unpacked or more follows. */
  inflate(bytes: Uint8Array, max: number): Answer<Uint8Array | 'tooLarge' | undefined>;
  deflate(bytes: Uint8Array): Answer<Uint8Array>;
}
