import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { requireOffice } from '../access/index.js';
import type { Database } from '../db/database.js';
import { checkOpeningHours } from './rules.js';
import { setStationHours } from './store.js';
import type { OpeningPeriod, StationRecord } from './types.js';

export interface UpdateStationHoursInput { readonly stationId: string; readonly hours: readonly OpeningPeriod[] }

/**
 * Changes the hours of a station within the viewer's own organisation or below it.
 * @throws PlatformError FORBIDDEN, MALFORMED_ID, FOREIGN_ID, STATION_HOURS_INVALID, OUT_OF_SCOPE
 */
export async function updateStationHours(db: Database, province: string, viewer: Viewer, input: UpdateStationHoursInput): Promise<StationRecord> {
  const scope = requireOffice(viewer, 'KEEP_STATIONS');
  const station = await setStationHours(db, requireIdOf(province, input.stationId), scope, checkOpeningHours(input.hours));
  if (!station) throw new PlatformError('OUT_OF_SCOPE');
  return station;
}
