const millisecondsPerDay = 86_400_000;

/** Days of the Unix epoch for a proleptic Gregorian date; months and days past their end roll over (February 29 + 18 years is March 1). */
export const dayNumber = (year: number, month: number, day: number): number => Date.UTC(year, month - 1, day) / millisecondsPerDay;

/** Year, month and day of a day number. */
export function dateParts(days: number): readonly [year: number, month: number, day: number] {
  const date = new Date(days * millisecondsPerDay);
  return [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()];
}

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** `YYYY-MM-DD` of a day number, with `separator` in place of the hyphen. */
export function dateText(days: number, separator = '-'): string {
  const [year, month, day] = dateParts(days);
  return `${year}${separator}${twoDigits(month)}${separator}${twoDigits(day)}`;
}

/**
 * The day that synthetic ages, probation and end dates are reckoned from. Fixed: with the clock's day a second start would
 * describe other people than the first.
 */
export const referenceDay = dayNumber(2026, 1, 1);
