import { compareBytes, fromHex, toHex, concatAll } from '../lib/bytes.js';
import { decodeCbor, type CborValue } from '../lib/decodeCbor.js';
import { encodeCbor } from '../lib/encodeCbor.js';
import { checkKeyTime, openSign1 } from '../lib/openSign1.js';
import { fieldsOf } from '../lib/readFields.js';
import type { PassSigner } from '../lib/signer.js';
import { writeSign1 } from '../lib/sign1.js';
import type { Steps } from '../lib/steps.js';
import { maxKnownIssued } from '../limits.js';
import type { Platform } from '../platform/platform.js';
import { refuse, type Part } from '../refusals/passRefusal.js';
import type { TrustedKeys } from './trustKey.js';

const part: Part = 'knownIssued';
const read = fieldsOf(part);
const type = 'application/delta-known-issued+cbor';
const keys = { issuer: 1, issuedAt: 6, list: -65539 } as const;

/**
 * Half of a SHA-256: who holds the stolen key would have to sign 2^108 passes until one is taken for one of a million known
 * ones. Digests of whole credentials, since a pass id can be read off any pass and put into a forged one.
 */
export const digestBytes = 16;

/** The passes that a compromised key is known to have issued. */
export interface KnownIssued {
  readonly kid: string;
  /** `digest` is the SHA-256 of a credential. */
  has(digest: Uint8Array): boolean;
}

export interface KnownIssuedContent {
  readonly issuer: string;
  readonly kid: string;
  /** Seconds. */
  readonly issuedAt: number;
  /** SHA-256 of the credentials in the issuer's register; or their first 16 bytes, sorted and joined already, as a database gives millions. */
  readonly digests: readonly Uint8Array[] | Uint8Array;
}

/** Signed by a key of the issuer whose use is `status`. */
export async function signKnownIssued({ issuer, kid, issuedAt, digests }: KnownIssuedContent, signer: PassSigner): Promise<Uint8Array> {
  const joined = digests instanceof Uint8Array ? digests : concatAll(digests.map((digest) => digest.subarray(0, digestBytes)).sort(compareBytes));
  const payload = new Map<number, CborValue>([[keys.issuer, issuer], [keys.issuedAt, issuedAt], [keys.list, [fromHex(kid), joined]]]);
  return writeSign1(encodeCbor(payload), signer, { type });
}

export function* openKnownIssued(platform: Platform, token: Uint8Array, { trust }: { readonly trust: TrustedKeys }): Steps<KnownIssued> {
  if (token.length > maxKnownIssued) refuse('OVERSIZED', part);
  const { payload, key } = yield* openSign1(platform, token, trust, { part, use: 'status', type });
  const claims = read.map(decodeCbor(payload, part), Object.values(keys));
  checkKeyTime(key, read.unsigned(claims.get(keys.issuedAt)), part);
  const [about, list] = read.array(claims.get(keys.list), 2);
  const kid = toHex(read.bytes(about, 8));
  const issuer = read.text(claims.get(keys.issuer));
  if (issuer !== key.issuer || trust.find(kid)?.issuer !== issuer) refuse('ISSUER_MISMATCH', part);
  const digests = read.bytes(list);
  const at = (i: number): Uint8Array => digests.subarray(i * digestBytes, (i + 1) * digestBytes);
  const count = digests.length / digestBytes;
  if (!Number.isInteger(count)) refuse('MALFORMED', part);
  for (let i = 1; i < count; i += 1) if (compareBytes(at(i - 1), at(i)) >= 0) refuse('MALFORMED', part);
  return {
    kid,
    has(digest) {
      const wanted = digest.subarray(0, digestBytes);
      let [low, high] = [0, count];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (compareBytes(at(middle), wanted) < 0) low = middle + 1;
        else high = middle;
      }
      return low < count && compareBytes(at(low), wanted) === 0;
    },
  };
}
