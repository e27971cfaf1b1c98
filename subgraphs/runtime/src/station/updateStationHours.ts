import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import type { Database } from '../db/database.js';
import { checkOpeningHours } from './rules.js';
import { setStationHours } from './store.js';
import type { OpeningPeriod, StationRecord } from './types.js';

export interface UpdateStationHoursInput { readonly stationId: string; readonly hours: readonly OpeningPeriod[] }

/**
 * Changes the hours of a station within the clerk's or secretary's own organisation or below it.
 * @throws PlatformError FORBIDDEN, MALFORMED_ID, FOREIGN_ID, STATION_HOURS_INVALID, OUT_OF_SCOPE
 */
export async function updateStationHours(db: Database, province: string, viewer: Viewer, input: UpdateStationHoursInput): Promise<StationRecord> {
  if ((viewer.role !== 'station_clerk' && viewer.role !== 'branch_secretary') || !viewer.organization) throw new PlatformError('FORBIDDEN');
  const station = await setStationHours(db, requireIdOf(province, input.stationId), viewer.organization, checkOpeningHours(input.hours));
  if (!station) throw new PlatformError('OUT_OF_SCOPE');
  return station;
}
