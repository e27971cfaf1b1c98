import { findDivision } from './findDivision.js';

/** True when `code` is `outer` or lies under it, by the parents of the table (the digits alone mislead where codes were re-drawn). */
export function isWithin(code: string, outer: string): boolean {
  for (let at: string | null = code; at !== null; at = findDivision(at)?.parentCode ?? null) if (at === outer) return true;
  return false;
}
