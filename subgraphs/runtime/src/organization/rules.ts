import { PlatformError } from '@delta/schema/errors';
import type { OrganizationFilter } from './types.js';

/** Counts under five are published nowhere: with few people a figure names them. */
export const publishedCount = (count: number): number | null => (count < 5 ? null : count);

/** @throws PlatformError UNKNOWN_DIVISION */
export function requireDivision<F extends Pick<OrganizationFilter, 'divisionCode'>>(filter: F | null | undefined, isKnown: (code: string) => boolean): F {
  if (filter?.divisionCode && !isKnown(filter.divisionCode)) throw new PlatformError('UNKNOWN_DIVISION');
  return filter ?? ({} as F);
}

/** A two-digit and four-digit prefix of a GB/T 2260 code covers all below it: 310118 stays, 310100 means 3101, 310000 means 31. */
export const divisionPrefix = (code: string): string => (code.length === 6 ? code.replace(/(00){1,2}$/, '') : code);
