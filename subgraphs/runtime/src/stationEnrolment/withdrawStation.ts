import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import { requireOffice } from '../access/index.js';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import type { ProvinceServices } from '../server/services.js';
import { requireStation } from '../station/index.js';
import { endStationKey, holdStation, voidOpen } from './store.js';

export interface WithdrawStationInput { readonly stationId: string }
export interface WithdrawnStation { readonly stationId: string; readonly kid: string | null; readonly withdrawnAt: Date }

/**
 * Takes a station's key out of use, and voids the codes that are open for it.
 * @throws PlatformError FORBIDDEN, MALFORMED_ID, FOREIGN_ID, OUT_OF_SCOPE, STATION_NOT_ENROLLED (also when it is repeated)
 */
export async function withdrawStation({ db, entry, now }: ProvinceServices, viewer: Viewer, request: AuditedRequest, input: WithdrawStationInput): Promise<WithdrawnStation> {
  const stationId = await requireStation(db, entry.code, requireOffice(viewer, 'ENROL_STATIONS'), input.stationId);
  const at = now();
  return db.transaction(async (within) => {
    await holdStation(within, stationId);
    const voided = await voidOpen(within, stationId, null, at);
    const ended = await endStationKey(within, stationId, 'WITHDRAWN', at);
    if (!ended && voided === 0) throw new PlatformError('STATION_NOT_ENROLLED');
    await recordEntries(within, request, [{ kind: 'STATION', memberId: null, purpose: null, reference: ended?.id ?? stationId, fields: [], reason: 'WITHDRAWN' }], at);
    return { stationId, kid: ended?.kid ?? null, withdrawnAt: at };
  });
}
