import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { requireOpen } from '../case/index.js';
import type { ProvinceServices } from '../server/services.js';
import { findOwnLookup } from './store.js';
import type { LookupInCase } from './types.js';

/** The viewer's own lookup; another's is not to be found. @throws PlatformError MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, NOT_FOUND */
export async function findLookup({ db, entry }: ProvinceServices, viewer: Viewer, id: string): Promise<LookupInCase> {
  const found = await findOwnLookup(db, viewer, requireIdOf(entry.code, id));
  if (!found) throw new PlatformError('NOT_FOUND');
  return found;
}

/** The lookup, if more may still rest on it. @throws PlatformError GRANT_EXPIRED, CASE_CLOSED, CASE_EXPIRED */
export function requireUsableLookup(lookup: LookupInCase, now: Date): LookupInCase {
  if (lookup.caseExpiresAt !== null) requireOpen({ closedAt: lookup.caseClosedAt, expiresAt: lookup.caseExpiresAt }, now);
  if (lookup.expiresAt <= now) throw new PlatformError('GRANT_EXPIRED');
  return lookup;
}
