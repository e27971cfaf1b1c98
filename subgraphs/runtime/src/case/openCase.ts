import { PlatformError } from '@delta/schema/errors';
import { requireClientKey } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { requireOffice } from '../access/index.js';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import { checkIdNumber } from '../member/index.js';
import type { ProvinceServices } from '../server/services.js';
import { findCaseByKey, insertCase } from './store.js';
import type { CaseRecord } from './types.js';

export interface OpenCaseInput { readonly idNumber: string; readonly purpose: string; readonly clientKey: string }

/**
 * Binds a piece of work to one person, for one purpose, for the staff of the viewer's organisation. Nobody is looked up by it:
 * whether such a person is known is not asked. The act and its audit row are one transaction; the same client key repeats it.
 *
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, ID_NUMBER_*, LOOKUP_LIMIT, CLIENT_KEY_REUSED
 */
export async function openCase(services: ProvinceServices, viewer: Viewer, request: AuditedRequest, input: OpenCaseInput): Promise<CaseRecord> {
  const organizationId = requireOffice(viewer, 'OPEN_CASE');
  const clientKey = requireClientKey(input.clientKey);
  const now = services.now();
  const blindIndex = services.blindIndex(checkIdNumber(input.idNumber, { mode: services.mode, today: now.toISOString().slice(0, 10) }));
  const work = { blindIndex, purpose: input.purpose };
  await services.limits.charge(viewer, { act: 'CASE', clientKey, ...work });
  const file: CaseRecord = {
    id: `${services.entry.code}-${uuidv7()}`, ...work, organizationId, openedAt: now, expiresAt: new Date(now.getTime() + services.caseLifeMs), closedAt: null, outcome: null,
  };
  const opened = await services.db.transaction(async (within) => {
    const inserted = await insertCase(within, file, viewer, clientKey);
    if (inserted) {
      await recordEntries(within, request, [{ kind: 'CASE', memberId: null, purpose: inserted.purpose, reference: inserted.id, fields: [], reason: 'OPENED' }], now);
    }
    return inserted;
  });
  const act = opened ?? await findCaseByKey(services.db, viewer, clientKey);
  if (!act || act.blindIndex !== blindIndex || act.purpose !== input.purpose || act.organizationId !== organizationId) throw new PlatformError('CLIENT_KEY_REUSED');
  return act;
}
