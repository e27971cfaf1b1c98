import { toHex } from '../lib/bytes.js';
import { decodeCbor, type CborMap, type CborValue } from '../lib/decodeCbor.js';
import { es256, readHeader } from '../lib/readHeader.js';
import { fieldsOf } from '../lib/readFields.js';
import { toBeSignedBy } from '../lib/sign1.js';
import { checkSignature } from '../lib/signature.js';
import { settle, type Steps } from '../lib/steps.js';
import { maxTrustList } from '../limits.js';
import type { Platform, PlatformKey } from '../platform/platform.js';
import { refuse } from '../refusals/passRefusal.js';
import { checkKids } from './checkKids.js';
import { part, signaturesNeeded, trustListType, type Root, type TrustList } from './trustList.js';
import type { TrustKey } from './trustKey.js';
import { decodeTrustList } from './trustPayload.js';

export interface OpenTrustListOptions {
  /** Pinned when the station was enrolled; `fingerprintOfRoots` is what was shown there. */
  readonly roots: readonly Root[];
  /** Of the newest list that this station has accepted. */
  readonly last?: { readonly sequence: number; readonly digest: string } | undefined;
}

const read = fieldsOf(part);
const maxSignatures = 8;

function* countSignatures(platform: Platform, body: Uint8Array, payload: Uint8Array, signatures: readonly CborValue[], roots: readonly Root[]): Steps<number> {
  const signed = new Set<string>();
  for (const value of signatures) {
    const [protectedBytes, unprotected, signature] = read.array(value, 3);
    const [header, raw] = [read.bytes(protectedBytes), read.bytes(signature)];
    checkSignature(raw, part);
    const kid = toHex(readHeader(header, read.map(unprotected, []), { part }));
    const root = roots.find((candidate) => candidate.kid === kid);
    // A root that this station does not know yet counts for nothing and spoils nothing.
    if (!root) continue;
    const key = yield* settle(platform.importKey(root.publicKey));
    if (!key || (yield* settle(platform.verify(key, toBeSignedBy(body, header, payload), raw))) !== true) refuse('SIGNATURE_INVALID', part);
    signed.add(root.issuer);
  }
  return signed.size;
}

/** Keys in the form in which they verify, once for each list. */
function* importKeys(platform: Platform, keys: readonly TrustKey[]): Steps<ReadonlyMap<string, TrustKey & { readonly imported?: PlatformKey }>> {
  const byKid = new Map<string, TrustKey & { readonly imported?: PlatformKey }>();
  for (const key of keys) {
    if (key.algorithm !== es256) {
      byKid.set(key.kid, key);
      continue;
    }
    const imported = (key.publicKey.length === 33 ? yield* settle(platform.importKey(key.publicKey)) : undefined) ?? refuse('MALFORMED', part);
    byKid.set(key.kid, { ...key, imported });
  }
  return byKid;
}

/**
 * Verifies a COSE_Sign (RFC 9052, 4.1) of two roots of different provinces. When it ends is judged when a pass is (verifyPass).
 * The same list again is good; another under the same number is not, nor a lower number.
 */
export function* openTrustList(platform: Platform, bytes: Uint8Array, { roots, last }: OpenTrustListOptions): Steps<TrustList> {
  if (bytes.length > maxTrustList) refuse('OVERSIZED', part);
  const [protectedBytes, unprotected, payloadBytes, signatures] = read.array(decodeCbor(bytes, part), 4);
  const [body, payload] = [read.bytes(protectedBytes), read.bytes(payloadBytes)];
  read.map(unprotected, []);
  const header = decodeCbor(body, part) as CborMap;
  if (!(header instanceof Map) || header.size !== 1 || header.get(16) !== trustListType) refuse('MALFORMED', part);
  const all = read.array(signatures);
  if (all.length > maxSignatures) refuse('OVERSIZED', part);
  if ((yield* countSignatures(platform, body, payload, all, roots)) < signaturesNeeded) refuse('TRUST_LIST_SIGNATURES', part);
  const content = decodeTrustList(payload);
  yield* checkKids(platform, content.keys);
  const digest = toHex(yield* settle(platform.sha256(payload)));
  if (last && (content.sequence < last.sequence || (content.sequence === last.sequence && digest !== last.digest))) refuse('TRUST_LIST_ROLLED_BACK', part);
  const keys = yield* importKeys(platform, content.keys);
  const compromised = new Set(content.compromised);
  return { ...content, digest, find: (kid) => keys.get(kid), isCompromised: (kid) => compromised.has(kid) };
}
