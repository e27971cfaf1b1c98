import { PlatformError } from '@delta/schema/errors';
import { provinces } from '@delta/schema/provinces';

export interface IdNumberRules {
  /** A demonstration takes synthetic numbers and no others; production takes all others. */
  readonly mode: 'demo' | 'production';
  /** The day the check happens, `YYYY-MM-DD`: nobody is born later. */
  readonly today: string;
}

/** GB/T 2260 provinces, the prefix of every region that GB 11643 numbers begin with. */
const provinceCodes = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82'.split(' '),
);

/** Regions of residence permits (港澳台居民居住证), which have the form of an ID number and no prefecture. */
const permitRegions = new Set(['810000', '820000', '830000']);

/** `3x9999`: prefecture and county 99 were never allotted, so these numbers can belong to nobody. */
const syntheticRegions = new Set(provinces.map(({ code }) => `${code}9999`));

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2] as const;

/** The 18th character that GB 11643 (ISO 7064 MOD 11-2) gives to 17 digits: `0` to `9` or `X`. */
export function idNumberCheckCharacter(digits: string): string {
  let sum = 0;
  for (let index = 0; index < 17; index += 1) sum += (digits.charCodeAt(index) - 48) * weights[index]!;
  return '10X98765432'.charAt(sum % 11);
}

function isAllottedRegion(region: string): boolean {
  if (permitRegions.has(region)) return true;
  const prefecture = Number(region.slice(2, 4));
  return provinceCodes.has(region.slice(0, 2)) && ((prefecture >= 1 && prefecture <= 70) || prefecture === 90);
}

function isBirthDate(year: number, month: number, day: number, today: string): boolean {
  if (year < 1900 || month < 1 || month > 12 || day < 1 || day > new Date(Date.UTC(year, month, 0)).getUTCDate()) return false;
  return `${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}` <= today;
}

/**
 * Checks a resident ID number (公民身份号码, GB 11643): length, characters, region, date of birth, check character, then
 * whether this installation may hold it. Returns the number, which is the text as given: nothing is trimmed, widened or
 * upper-cased, because two spellings of one number would be two blind indexes. A lower-case `x` is therefore refused.
 *
 * Of the region only province and prefecture are checked: GB/T 2260 allots 01–20 and 51–70 to cities, 21–50 to prefectures
 * and leagues, 90 to counties directly under the province. A card keeps the county code of the day it was first given,
 * and many of those were abolished long ago.
 *
 * @throws PlatformError ID_NUMBER_LENGTH, ID_NUMBER_FORMAT, ID_NUMBER_REGION, ID_NUMBER_DATE, ID_NUMBER_CHECKSUM,
 *   ID_NUMBER_SYNTHETIC (synthetic in production), ID_NUMBER_NOT_SYNTHETIC (a person's in a demonstration). The first
 *   that applies, in this order; the error never repeats the number.
 */
export function checkIdNumber(text: string, { mode, today }: IdNumberRules): string {
  if (text.length !== 18) throw new PlatformError('ID_NUMBER_LENGTH');
  if (!/^[0-9]{17}[0-9X]$/.test(text)) throw new PlatformError('ID_NUMBER_FORMAT');

  const region = text.slice(0, 6);
  const synthetic = syntheticRegions.has(region);
  if (!synthetic && !isAllottedRegion(region)) throw new PlatformError('ID_NUMBER_REGION');

  const [year, month, day] = [Number(text.slice(6, 10)), Number(text.slice(10, 12)), Number(text.slice(12, 14))] as const;
  if (!isBirthDate(year, month, day, today)) throw new PlatformError('ID_NUMBER_DATE');
  if (text.charAt(17) !== idNumberCheckCharacter(text)) throw new PlatformError('ID_NUMBER_CHECKSUM');

  if (synthetic && mode === 'production') throw new PlatformError('ID_NUMBER_SYNTHETIC');
  if (!synthetic && mode === 'demo') throw new PlatformError('ID_NUMBER_NOT_SYNTHETIC');
  return text;
}

/** The number with only its last four characters visible. */
export const maskIdNumber = (idNumber: string): string => idNumber.slice(-4).padStart(idNumber.length, '*');
