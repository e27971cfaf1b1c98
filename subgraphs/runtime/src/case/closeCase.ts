import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { requireOffice } from '../access/index.js';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import type { ProvinceServices } from '../server/services.js';
import { holdCase, setClosed } from './store.js';
import type { CaseOutcome, CaseRecord } from './types.js';

export interface CloseCaseInput { readonly caseId: string; readonly outcome: CaseOutcome }

/**
 * Closes a case of the viewer's own organisation, once: two that close it at the same time leave one closing and one audit row.
 * The same outcome again answers the case as it is. A case past its end can still be given its outcome.
 *
 * @throws PlatformError FORBIDDEN, MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, NOT_FOUND, CASE_CLOSED (with another outcome)
 */
export async function closeCase(services: ProvinceServices, viewer: Viewer, request: AuditedRequest, { caseId, outcome }: CloseCaseInput): Promise<CaseRecord> {
  const organizationId = requireOffice(viewer, 'CLOSE_CASE');
  const id = requireIdOf(services.entry.code, caseId);
  const now = services.now();
  return services.db.transaction(async (within) => {
    const closed = await setClosed(within, organizationId, id, outcome, now);
    if (closed) {
      await recordEntries(within, request, [{ kind: 'CASE', memberId: null, purpose: closed.purpose, reference: id, fields: [], reason: outcome }], now);
      return closed;
    }
    const before = await holdCase(within, organizationId, id);
    if (!before) throw new PlatformError('NOT_FOUND');
    if (before.outcome !== outcome) throw new PlatformError('CASE_CLOSED');
    return before;
  });
}
