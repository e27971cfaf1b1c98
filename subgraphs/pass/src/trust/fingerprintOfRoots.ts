import { fromHex, toHex, compareBytes } from '../lib/bytes.js';
import { encodeCbor } from '../lib/encodeCbor.js';
import { settle, type Steps } from '../lib/steps.js';
import type { Platform } from '../platform/platform.js';
import type { Root } from './trustList.js';

/** SHA-256, in hexadecimal, of the roots in the order of their kids: what is shown in the province when a station is enrolled. */
export function* fingerprintOfRoots(platform: Platform, roots: readonly Root[]): Steps<string> {
  const sorted = [...roots].sort((a, b) => compareBytes(fromHex(a.kid), fromHex(b.kid)));
  return toHex(yield* settle(platform.sha256(encodeCbor(sorted.map(({ kid, issuer, publicKey }) => [fromHex(kid), issuer, publicKey])))));
}
