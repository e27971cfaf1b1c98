import { PlatformError } from '@delta/schema/errors';
import { requireClientKey, requireIdOf } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { needsCase, requireOffice } from '../access/index.js';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import { useCase } from '../case/index.js';
import { checkIdNumber } from '../member/index.js';
import type { ProvinceServices } from '../server/services.js';
import { requireUsableLookup } from './findLookup.js';
import { lookupEnds } from './rules.js';
import { findLookupByKey, insertLookup } from './store.js';
import type { LookupInCase } from './types.js';

export interface OpenLookupInput { readonly idNumber: string; readonly purpose: string; readonly caseId?: string | null; readonly clientKey: string }

/**
 * Records that this viewer asks about one person for one purpose. Whatever can be refused is refused here, before any index is
 * asked: a refusal says and costs the same whether or not the person is known anywhere.
 *
 * 1. The role, the form of the input: nothing is read.
 * 2. The limits, charged whatever follows.
 * 3. In one transaction: the case, held open; the act; its audit row. No lookup goes unrecorded, and none rests on a case
 *    that is closed meanwhile. The same client key repeats the same act and never makes a second.
 *
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, ID_NUMBER_*, LOOKUP_LIMIT, CASE_REQUIRED,
 * NOT_FOUND, CASE_CLOSED, CASE_EXPIRED, CASE_MISMATCH, CLIENT_KEY_REUSED, GRANT_EXPIRED (the repeated act is over)
 */
export async function openLookup(services: ProvinceServices, viewer: Viewer, request: AuditedRequest, input: OpenLookupInput): Promise<LookupInCase> {
  const organizationId = requireOffice(viewer, 'OPEN_LOOKUP');
  const clientKey = requireClientKey(input.clientKey);
  const caseId = input.caseId ? requireIdOf(services.entry.code, input.caseId) : null;
  const now = services.now();
  const blindIndex = services.blindIndex(checkIdNumber(input.idNumber, { mode: services.mode, today: now.toISOString().slice(0, 10) }));
  const work = { blindIndex, purpose: input.purpose };
  await services.limits.charge(viewer, { act: 'LOOKUP', clientKey, ...work });
  if (caseId === null && needsCase(input.purpose)) throw new PlatformError('CASE_REQUIRED');
  const opened = await services.db.transaction(async (within) => {
    const file = caseId === null ? null : await useCase(within, organizationId, caseId, work, now);
    const inserted = await insertLookup(within, {
      id: `${services.entry.code}-${uuidv7()}`, ...work, caseId, inCase: caseId !== null, reveals: null, reveal: [], revealReason: null, present: false, presence: null,
      openedAt: now, expiresAt: lookupEnds(now, file?.expiresAt ?? null),
    }, viewer, clientKey);
    if (inserted) {
      await recordEntries(within, request, [{ kind: 'LOOKUP', memberId: null, purpose: inserted.purpose, reference: inserted.id, fields: [] }], now);
    }
    return inserted && { ...inserted, caseClosedAt: null, caseExpiresAt: file?.expiresAt ?? null };
  });
  if (opened) return opened;
  const act = await findLookupByKey(services.db, viewer, clientKey);
  if (!act || act.blindIndex !== blindIndex || act.purpose !== input.purpose || act.caseId !== caseId || act.reveals !== null || act.present) throw new PlatformError('CLIENT_KEY_REUSED');
  return requireUsableLookup(act, now);
}
