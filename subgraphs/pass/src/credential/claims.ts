import { maxPaperLife, maxPhoneLife, millisecondsFrom } from '../limits.js';
import type { CborValue } from '../lib/decodeCbor.js';
import { decodeCbor } from '../lib/decodeCbor.js';
import { encodeCbor } from '../lib/encodeCbor.js';
import { fieldsOf } from '../lib/readFields.js';
import { refuse, type Part } from '../refusals/passRefusal.js';

/** What a credential says. Times in seconds; `holder` is the phone's public key, a compressed point of 33 bytes. */
interface CommonClaims {
  readonly issuer: string;
  readonly notBefore: number;
  readonly expires: number;
  /** 16 bytes that say nothing of the person. */
  readonly passId: Uint8Array;
  readonly statusIndex: number;
}
export type Claims = CommonClaims & (
  | { readonly class: 'phone'; readonly holder: Uint8Array }
  | { readonly class: 'paper'; readonly maskedName: string });

const keys = { issuer: 1, expires: 4, notBefore: 5, passId: 7, pass: -65537 } as const;
const classes = { phone: 1, paper: 2 } as const;

const part: Part = 'credential';
const read = fieldsOf(part);

export const encodeClaims = (claims: Claims): Uint8Array => encodeCbor(new Map<number, CborValue>([
  [keys.issuer, claims.issuer], [keys.expires, claims.expires], [keys.notBefore, claims.notBefore], [keys.passId, claims.passId],
  [keys.pass, claims.class === 'phone' ? [claims.holder, claims.statusIndex, classes.phone] : [null, claims.statusIndex, classes.paper, claims.maskedName]],
]));

/** Of a payload whose signature was verified. */
export function decodeClaims(payload: Uint8Array): Claims {
  const map = read.map(decodeCbor(payload, part), Object.values(keys));
  const common = {
    issuer: read.text(map.get(keys.issuer)), expires: read.unsigned(map.get(keys.expires)), notBefore: read.unsigned(map.get(keys.notBefore)),
    passId: read.bytes(map.get(keys.passId), 16),
  };
  const [holder, index, kind, maskedName] = read.array(map.get(keys.pass), 3, 4);
  const statusIndex = read.unsigned(index);
  if (kind !== classes.phone && kind !== classes.paper) refuse('MALFORMED', part);
  if ((kind === classes.phone) !== (holder !== null)) refuse('PAPER_AS_PHONE', part);
  if (kind === classes.phone && maskedName === undefined) return { ...common, statusIndex, class: 'phone', holder: read.bytes(holder, 33) };
  return kind === classes.paper ? { ...common, statusIndex, class: 'paper', maskedName: read.text(maskedName) } : refuse('MALFORMED', part);
}

/** What holds of a credential's times whenever it is looked at. */
export function checkLife(claims: Claims): void {
  const { notBefore, expires } = claims;
  if (expires >= millisecondsFrom || notBefore >= millisecondsFrom) refuse('TIMES_IN_MILLISECONDS', part);
  if (expires <= notBefore) refuse('EXPIRY_BEFORE_START', part);
  if (expires - notBefore > (claims.class === 'phone' ? maxPhoneLife : maxPaperLife)) refuse('LIFE_EXCESSIVE', part);
}
