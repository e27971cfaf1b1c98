import { decode } from 'cborg';
import { decodeBase45 } from '../lib/base45.js';
import { openSign1 } from '../lib/openSign1.js';
import { settle, type Steps } from '../lib/steps.js';
import { maxHealthBytes, maxHealthText, millisecondsFrom } from '../limits.js';
import type { Platform } from '../platform/platform.js';
import { refuse, type Part } from '../refusals/passRefusal.js';
import { readClock, type ClockReading } from '../station/readClock.js';
import type { TrustedKeys } from '../trust/trustKey.js';

/** The EU's health certificates (HC1), whose public test data go through the same base45, CBOR, COSE and times as a pass. */
export interface HealthContext {
  readonly profile: 'hc1';
  readonly trust: TrustedKeys;
  readonly clock: ClockReading;
}

export interface ValidHealthCertificate {
  readonly valid: true;
  readonly profile: 'hc1';
  readonly issuer: string;
  readonly issuedAt: number;
  readonly expires: number;
  /** What is certified, undecoded further: this profile is for tests of the parts. */
  readonly certificate: unknown;
}

const part: Part = 'credential';
const prefix = 'HC1:';
const cwtTag = [0xd8, 61];
const sign1Tag = 0xd2;

/** RFC 8392, 2 and 6: a CWT may have its tag, a COSE_Sign1 too, and issuers did all three. */
function withoutTags(bytes: Uint8Array): Uint8Array {
  const inner = bytes[0] === cwtTag[0] && bytes[1] === cwtTag[1] ? bytes.subarray(2) : bytes;
  return inner[0] === sign1Tag ? inner.subarray(1) : inner;
}

/** Member states encoded with all that CBOR allows, so the payload, once its signature is verified, is a general library's. */
function decodePayload(payload: Uint8Array): Map<unknown, unknown> {
  let value: unknown;
  try {
    value = decode(payload, { useMaps: true, rejectDuplicateMapKeys: true });
  } catch {
    return refuse('MALFORMED', part);
  }
  return value instanceof Map ? value : refuse('MALFORMED', part);
}

export function* verifyHealthCertificate(platform: Platform, text: string, { trust, clock }: HealthContext): Steps<ValidHealthCertificate> {
  const now = readClock(clock);
  if (typeof text !== 'string') return refuse('PREFIX', part);
  if (text.length > maxHealthText) refuse('OVERSIZED', part);
  if (!text.startsWith(prefix)) refuse('PREFIX', part);
  const bytes = yield* settle(platform.inflate(decodeBase45(text, prefix.length, part), maxHealthBytes));
  if (bytes === 'tooLarge') return refuse('DECOMPRESSION_BOMB', part);
  if (!bytes) return refuse('COMPRESSION', part);
  const { payload, key } = yield* openSign1(platform, withoutTags(bytes), trust, { part, use: 'pass', lenient: true, deterministic: false });
  const claims = decodePayload(payload);
  const [issuer, expires, issuedAt, certificate] = [1, 4, 6, -260].map((label) => claims.get(label));
  if (typeof issuer !== 'string' || typeof expires !== 'number' || typeof issuedAt !== 'number' || !(certificate instanceof Map)) return refuse('MALFORMED', part);
  if (issuer !== key.issuer) refuse('ISSUER_MISMATCH', part);
  if (expires >= millisecondsFrom) refuse('TIMES_IN_MILLISECONDS', part);
  if (expires <= issuedAt) refuse('EXPIRY_BEFORE_START', part);
  if (now < issuedAt) refuse('NOT_YET_VALID', part);
  if (now >= expires) refuse('EXPIRED', part);
  return { valid: true, profile: 'hc1', issuer, issuedAt, expires, certificate: certificate.get(1) };
}
