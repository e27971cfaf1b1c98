import { concat, utf8 } from '../lib/bytes.js';
import { settle, type Steps } from '../lib/steps.js';
import type { Platform } from '../platform/platform.js';
import { stepSeconds } from '../limits.js';

/** Where a proof answers a challenge: UTF-8 ids. */
export interface Place { readonly station: string; readonly activity: string }

const label = utf8('AP-PROOF1');

export const stepAt = (seconds: number): number => Math.floor(seconds / stepSeconds);

function bigEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

/** "AP-PROOF1" ‖ SHA-256(credential) ‖ u64be step ‖ nonce [‖ SHA-256(station) ‖ SHA-256(activity)]. */
export function* proofMessage(platform: Platform, digest: Uint8Array, step: number, nonce: Uint8Array, place?: Place): Steps<Uint8Array> {
  const free = [label, digest, bigEndian(step), nonce];
  if (!place) return concat(...free);
  return concat(...free, yield* settle(platform.sha256(utf8(place.station))), yield* settle(platform.sha256(utf8(place.activity))));
}
