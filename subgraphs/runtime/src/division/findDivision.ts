import { divisionTable } from './divisionTable.js';
import type { Division } from './types.js';

/**
 * The division of a code: the newest version, abolished ones included (an old code stays resolvable), or with `on`
 * (`YYYY-MM-DD`) the version that was in force on that day. Undefined for an unknown code; never coerces.
 */
export function findDivision(code: string, on?: string): Division | undefined {
  const versions = divisionTable().versions.get(code);
  if (versions === undefined || on === undefined) return versions?.at(-1);
  return versions.findLast(({ validFrom, validTo }) => (validFrom === null || validFrom <= on) && (validTo === null || on < validTo));
}
