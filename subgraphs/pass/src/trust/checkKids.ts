import { toHex } from '../lib/bytes.js';
import { settle, type Steps } from '../lib/steps.js';
import type { Platform } from '../platform/platform.js';
import { refuse } from '../refusals/passRefusal.js';
import { part } from './trustList.js';
import type { TrustKey } from './trustKey.js';

/**
 * A kid is the first eight bytes of the SHA-256 of its public key, whatever the algorithm. People compare kids before a root signs:
 * a kid that stood for any key would have them vouch for one that nobody compared.
 */
export function* checkKids(platform: Platform, keys: readonly TrustKey[]): Steps<void> {
  for (const { kid, publicKey } of keys) if (toHex((yield* settle(platform.sha256(publicKey))).subarray(0, 8)) !== kid) refuse('MALFORMED', part);
}
