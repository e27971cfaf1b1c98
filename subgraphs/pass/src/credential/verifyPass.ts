import { decodeBase45 } from '../lib/base45.js';
import { toHex } from '../lib/bytes.js';
import { checkKeyTime, openSign1 } from '../lib/openSign1.js';
import { settle, type Steps } from '../lib/steps.js';
import { base45Length, clockTolerance, maxCredential, maxProof, statusRefused, statusStale } from '../limits.js';
import type { Platform } from '../platform/platform.js';
import { verifyProof, type VerifiedProof } from '../proof/verifyProof.js';
import type { Challenge } from '../proof/challenge.js';
import { readProofCode, type ProofCode } from '../proof/proofCode.js';
import { refuse, type Part } from '../refusals/passRefusal.js';
import { readClock, type ClockReading } from '../station/readClock.js';
import type { StationState } from '../station/stationState.js';
import { statusAt, statuses } from '../status/statusBits.js';
import type { StatusList } from '../status/statusList.js';
import type { KnownIssued } from '../trust/knownIssued.js';
import type { TrustList } from '../trust/trustList.js';
import { checkLife, decodeClaims, type Claims } from './claims.js';

/** All that a station brings: lists that it verified, its clock, what it remembers, and what the pass is shown for. */
export interface PassContext {
  readonly profile: 'ap1';
  readonly trust: TrustList;
  /** The newest verified status list of an issuing key (kid in hexadecimal). */
  readonly status: (kid: string) => StatusList | undefined;
  readonly knownIssued?: (kid: string) => KnownIssued | undefined;
  readonly clock: ClockReading;
  readonly state: StationState;
  /** What attendance is counted for; without it nothing is counted. */
  readonly activity?: string;
  readonly session?: string;
  /** `high`: only answers to a challenge, no paper. */
  readonly risk?: 'low' | 'high';
  /** The one that the station shows at present. With it, only answers to it are taken. */
  readonly challenge?: Challenge;
}

export interface ValidPass {
  readonly valid: true;
  readonly profile: 'ap1';
  readonly class: Claims['class'];
  readonly issuer: string;
  /** In hexadecimal. */
  readonly passId: string;
  /** Seconds. */
  readonly expires: number;
  /** The station's time by which it was judged: the next `lastSeen`. */
  readonly now: number;
  /** `stale`: the status list was more than 24 hours old; the attendance says so. */
  readonly freshness: 'current' | 'stale';
  /** Paper only: what to hold against the identity document, which a person must do. */
  readonly maskedName?: string;
  /** Phone only. */
  readonly proof?: VerifiedProof;
}

const part: Part = 'credential';

function readText(text: string): { readonly credential: Uint8Array; readonly proof?: ProofCode } {
  if (typeof text !== 'string') return refuse('PREFIX', part);
  if (text.length > 4 + base45Length(maxProof)) refuse('OVERSIZED', part);
  const withProof = text.startsWith('AP2:');
  if (!withProof && !text.startsWith('AP1:')) refuse('PREFIX', part);
  const bytes = decodeBase45(text, 4, withProof ? 'proof' : part);
  const proof = withProof ? readProofCode(bytes) : undefined;
  const credential = proof?.credential ?? bytes;
  if (credential.length > maxCredential) refuse('OVERSIZED', part);
  return proof ? { credential, proof } : { credential };
}

function checkTimes(claims: Claims, now: number): void {
  if (now < claims.notBefore) refuse('NOT_YET_VALID', part);
  if (now >= claims.expires) refuse('EXPIRED', part);
}

/** Lists age while the station holds them, so their age is judged with each pass. */
function checkStatus(claims: Claims, kid: string, list: StatusList | undefined, now: number): 'current' | 'stale' {
  if (!list) return refuse('STATUS_LIST_MISSING', 'statusList');
  if (list.kid !== kid || list.issuer !== claims.issuer) refuse('STATUS_LIST_FOREIGN', 'statusList');
  if (list.issuedAt > now + clockTolerance) refuse('STATION_CLOCK', 'station');
  if (now - list.issuedAt > statusRefused) refuse('STATUS_LIST_STALE', 'statusList');
  const status = statusAt(list.bytes, claims.statusIndex);
  if (status === undefined) refuse('STATUS_INDEX_RANGE', part);
  if (status === statuses.suspended) refuse('SUSPENDED', part);
  // A value that the profile does not know is no leave to enter.
  if (status !== statuses.valid) refuse('REVOKED', part);
  return now - list.issuedAt > statusStale ? 'stale' : 'current';
}

function checkForm(claims: Claims, proof: ProofCode | undefined, { risk, challenge, activity }: PassContext): void {
  if (claims.class === 'paper') {
    if (proof) refuse('PAPER_AS_PHONE', part);
    if (risk === 'high') refuse('PAPER_NOT_ALLOWED', part);
    return;
  }
  if (!proof) refuse('PHONE_WITHOUT_PROOF', part);
  if (risk === 'high' && !challenge) refuse('CHALLENGE_REQUIRED', 'proof');
  // What the phone said yes to is what is counted.
  if (challenge && activity !== undefined && challenge.activity !== activity) refuse('PROOF_ELSEWHERE', 'proof');
}

function* claimUse(claims: Claims, { state, activity, session }: PassContext): Steps<void> {
  if (activity === undefined) return;
  const use = claims.class === 'paper' ? [claims.issuer, toHex(claims.passId), activity] : [claims.issuer, toHex(claims.passId), activity, session ?? ''];
  if ((yield* settle(state.claimUse(JSON.stringify(use)))) !== true) refuse('SECOND_USE', 'station');
}

/**
 * Judges a scanned code: the station itself, size, text, form, key, signature, and only then what is said; status, proof, and
 * last what the station remembers, so that no forgery leaves a trace there. Throws PassRefusal and nothing else.
 */
export function* verifyPass(platform: Platform, text: string, context: PassContext): Steps<ValidPass> {
  const { trust } = context;
  const now = readClock(context.clock);
  if (trust.issuedAt > now + clockTolerance) refuse('STATION_CLOCK', 'station');
  if (now >= trust.expires) refuse('TRUST_LIST_EXPIRED', 'trustList');

  const { credential, proof: code } = readText(text);
  const { payload, key } = yield* openSign1(platform, credential, trust, { part, use: 'pass', allowCompromised: true });
  const compromised = trust.isCompromised(key.kid);
  const digest = code || compromised ? yield* settle(platform.sha256(credential)) : undefined;
  if (compromised && !(digest && context.knownIssued?.(key.kid)?.has(digest))) refuse('KEY_COMPROMISED', part);

  const claims = decodeClaims(payload);
  if (claims.issuer !== key.issuer) refuse('ISSUER_MISMATCH', part);
  checkLife(claims);
  checkKeyTime(key, claims.notBefore, part);
  checkTimes(claims, now);
  checkForm(claims, code, context);
  const freshness = checkStatus(claims, key.kid, context.status(key.kid), now);
  const proof = code && digest && claims.class === 'phone' ? yield* verifyProof(platform, code, { digest, holder: claims.holder, now, ...context }) : undefined;
  yield* claimUse(claims, context);
  return {
    valid: true, profile: 'ap1', class: claims.class, issuer: claims.issuer, passId: toHex(claims.passId), expires: claims.expires, now, freshness,
    ...(claims.class === 'paper' ? { maskedName: claims.maskedName } : {}), ...(proof ? { proof } : {}),
  };
}
