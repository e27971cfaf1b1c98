import { divisionTable } from './divisionTable.js';
import type { Division, DivisionLevel } from './types.js';

/** Every division of a level that is in force, nationwide (towns: of the zone's provinces), by code. */
export function divisionsInForce(level: DivisionLevel): Division[] {
  const found: Division[] = [];
  for (const versions of divisionTable().versions.values()) {
    const newest = versions.at(-1)!;
    if (newest.level === level && newest.validTo === null) found.push(newest);
  }
  return found.sort((a, b) => (a.code < b.code ? -1 : 1));
}
