import { PlatformError } from '@delta/schema/errors';
import type { EnrolmentRecord } from './types.js';

/** Crockford's: no letter that is taken for a digit, 32 of them. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const selectorLength = 6;
const codeLength = 16;

/** A code of 16 characters from as many random bytes: six find the enrolment, ten (50 bits) prove it. */
export const codeOf = (random: Uint8Array): string => Array.from(random.subarray(0, codeLength), (byte) => alphabet[byte & 31]).join('');
export const randomBytesOfCode = codeLength;

export const shownCode = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1-');

/** What finds an enrolment and what proves it. @throws PlatformError STATION_CODE_INVALID */
export function readCode(text: string): { readonly selector: string; readonly secret: string } {
  const code = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  if (code.length !== codeLength || [...code].some((character) => !alphabet.includes(character))) throw new PlatformError('STATION_CODE_INVALID');
  return { selector: code.slice(0, selectorLength), secret: code.slice(selectorLength) };
}

/** Why a code cannot be used (any more). @throws PlatformError STATION_CODE_* */
export function requireOpen({ closedAs, expiresAt, tries }: Pick<EnrolmentRecord, 'closedAs' | 'expiresAt' | 'tries'>, now: Date, maxTries: number): void {
  if (closedAs === 'EXHAUSTED' || (closedAs === null && tries >= maxTries)) throw new PlatformError('STATION_CODE_LOCKED');
  if (closedAs !== null) throw new PlatformError('STATION_CODE_USED');
  if (expiresAt <= now) throw new PlatformError('STATION_CODE_EXPIRED');
}

/** The bytes of a compressed point in base64url. Whether it lies on the curve is not seen here. @throws PlatformError STATION_KEY_INVALID */
export function readStationKey(text: string): string {
  if (!/^A[g-z0-9_-][A-Za-z0-9_-]{42}$/.test(text)) throw new PlatformError('STATION_KEY_INVALID');
  return text;
}
