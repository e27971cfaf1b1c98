import { decodeCbor, type CborValue } from '../lib/decodeCbor.js';
import { checkKeyTime, openSign1 } from '../lib/openSign1.js';
import { fieldsOf } from '../lib/readFields.js';
import { settle, type Steps } from '../lib/steps.js';
import { maxStatusBytes, maxStatusToken, millisecondsFrom } from '../limits.js';
import type { Platform } from '../platform/platform.js';
import { refuse } from '../refusals/passRefusal.js';
import type { TrustedKeys } from '../trust/trustKey.js';
import { bitsPerPass, part, statusClaims, statusListType, type StatusList } from './statusList.js';

export interface OpenStatusListOptions {
  readonly trust: TrustedKeys;
  /** `issuedAt` of the newest list that this station has seen for an issuing key; its memory against older ones. */
  readonly lastIssuedAt?: (kid: string) => number | undefined;
}

const read = fieldsOf(part);
const subjectForm = /^urn:delta:pass-status:(\d\d):([0-9a-f]{16})$/;

/** The packed bits, bounded while they are unpacked. */
export function* unpackStatuses(platform: Platform, value: CborValue | undefined): Steps<Uint8Array> {
  if (!(value instanceof Map) || value.size !== 2 || value.get('bits') !== bitsPerPass) return refuse('MALFORMED', part);
  const bytes = yield* settle(platform.inflate(read.bytes(value.get('lst') as CborValue), maxStatusBytes));
  if (bytes === 'tooLarge') return refuse('DECOMPRESSION_BOMB', part);
  return bytes ?? refuse('COMPRESSION', part);
}

/** Verifies a status list token. How old it may be is judged when a pass is (verifyPass), since it ages meanwhile. */
export function* openStatusList(platform: Platform, token: Uint8Array, { trust, lastIssuedAt }: OpenStatusListOptions): Steps<StatusList> {
  if (token.length > maxStatusToken) refuse('OVERSIZED', part);
  const { payload, key } = yield* openSign1(platform, token, trust, { part, use: 'status', type: statusListType, tagged: true });
  const claims = read.map(decodeCbor(payload, part), Object.values(statusClaims));
  const issuedAt = read.unsigned(claims.get(statusClaims.issuedAt));
  read.unsigned(claims.get(statusClaims.timeToLive));
  if (issuedAt >= millisecondsFrom) refuse('TIMES_IN_MILLISECONDS', part);
  checkKeyTime(key, issuedAt, part);
  const [, issuer, kid] = subjectForm.exec(read.text(claims.get(statusClaims.subject))) ?? refuse('MALFORMED', part);
  if (issuer !== key.issuer || trust.find(kid!)?.issuer !== issuer) refuse('STATUS_LIST_FOREIGN', part);
  if (issuedAt < (lastIssuedAt?.(kid!) ?? 0)) refuse('STATUS_LIST_ROLLED_BACK', part);
  return { issuer: key.issuer, kid: kid!, issuedAt, bytes: yield* unpackStatuses(platform, claims.get(statusClaims.statusList)) };
}
