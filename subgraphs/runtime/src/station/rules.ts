import { PlatformError } from '@delta/schema/errors';
import type { OpeningPeriod } from './types.js';

const time = /^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$/;

/** Opening hours in order of the week. @throws PlatformError STATION_HOURS_INVALID */
export function checkOpeningHours(hours: readonly OpeningPeriod[]): OpeningPeriod[] {
  const sorted = [...hours].sort((a, b) => a.weekday - b.weekday || a.opens.localeCompare(b.opens));
  const sound = sorted.every((period, i) => {
    const before = sorted[i - 1];
    return Number.isInteger(period.weekday) && period.weekday >= 1 && period.weekday <= 7 && time.test(period.opens) && time.test(period.closes) && period.opens < period.closes
      && !(before?.weekday === period.weekday && period.opens < before.closes);
  });
  if (!sound || [1, 2, 3, 4, 5, 6, 7].some((day) => sorted.filter((period) => period.weekday === day).length > 3)) throw new PlatformError('STATION_HOURS_INVALID');
  return sorted.map(({ weekday, opens, closes }) => ({ weekday, opens, closes }));
}
