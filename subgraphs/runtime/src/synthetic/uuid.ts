const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/**
 * A UUIDv7 of given parts: milliseconds of the Unix epoch, then 74 of the 96 bits of three draws. Real ids take both from
 * clock and randomness; these take them from the row, so that a demonstration has the same ids everywhere.
 */
export function uuidV7(milliseconds: number, first: number, second: number, third: number): string {
  const time = hex(milliseconds, 12);
  const variant = hex(0x8000 | (second >>> 18), 4);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(first >>> 20, 3)}-${variant}-${hex(second & 0xffff, 4)}${hex(third, 8)}`;
}
