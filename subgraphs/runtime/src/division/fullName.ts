import { findDivision } from './findDivision.js';

/** The name from the province down: `上海市青浦区朱家角镇`. Undefined for an unknown code. */
export function fullName(code: string): string | undefined {
  const division = findDivision(code);
  if (division === undefined) return undefined;
  return division.parentCode === null ? division.name : (fullName(division.parentCode) ?? '') + division.name;
}
