import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { mayOpenLookup } from '../access/index.js';
import { recordEntries } from '../audit/index.js';
import { checkIdNumber } from '../member/index.js';
import type { ProvinceServices } from '../server/services.js';
import { findLookupByKey, insertLookup } from './store.js';
import type { LookupRecord } from './types.js';

export interface OpenLookupInput { readonly idNumber: string; readonly purpose: string; readonly clientKey: string }

const lifeMs = 5 * 60_000;

/**
 * Records that this viewer asks about one person for one purpose. The act and its audit row are one transaction, so no
 * lookup goes unrecorded; the same client key repeats the same act and never makes a second.
 *
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, ID_NUMBER_*, CLIENT_KEY_REUSED, GRANT_EXPIRED (the repeated act is over)
 */
export async function openLookup(services: ProvinceServices, viewer: Viewer, requestId: string, input: OpenLookupInput): Promise<LookupRecord> {
  if (!mayOpenLookup(viewer.role) || !viewer.organization) throw new PlatformError('FORBIDDEN');
  if (!/^[A-Za-z0-9_-]{8,64}$/.test(input.clientKey)) throw new PlatformError('CLIENT_KEY_INVALID');
  const now = services.now();
  const blindIndex = services.blindIndex(checkIdNumber(input.idNumber, { mode: services.mode, today: now.toISOString().slice(0, 10) }));
  const lookup: LookupRecord = {
    id: `${services.entry.code}-${uuidv7()}`, blindIndex, purpose: input.purpose, caseId: null, inCase: false, reveal: [], openedAt: now, expiresAt: new Date(now.getTime() + lifeMs),
  };
  const opened = await services.db.transaction(async (within) => {
    const inserted = await insertLookup(within, lookup, viewer, input.clientKey);
    if (inserted) {
      await recordEntries(within, { requestId, viewer }, [{ kind: 'LOOKUP', memberId: null, purpose: inserted.purpose, reference: inserted.id, fields: [] }], now);
    }
    return inserted;
  });
  const act = opened ?? await findLookupByKey(services.db, viewer, input.clientKey);
  if (!act || act.blindIndex !== blindIndex || act.purpose !== input.purpose) throw new PlatformError('CLIENT_KEY_REUSED');
  if (act.expiresAt <= now) throw new PlatformError('GRANT_EXPIRED');
  return act;
}
