import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import type { ProvinceServices } from '../server/services.js';
import { findOwnLookup } from './store.js';
import type { LookupRecord } from './types.js';

/** The viewer's own lookup; another's is not to be found. @throws PlatformError MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, NOT_FOUND */
export async function findLookup({ db, entry }: ProvinceServices, viewer: Viewer, id: string): Promise<LookupRecord> {
  const found = await findOwnLookup(db, viewer, requireIdOf(entry.code, id));
  if (!found) throw new PlatformError('NOT_FOUND');
  return found;
}
