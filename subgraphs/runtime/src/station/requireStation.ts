import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import type { Queryable } from '../db/database.js';
import { isStationOf } from './store.js';

/** A station that an organisation runs or stands above. @throws PlatformError MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, OUT_OF_SCOPE */
export async function requireStation(db: Queryable, province: string, organizationId: string, stationId: string): Promise<string> {
  if (!(await isStationOf(db, requireIdOf(province, stationId), organizationId))) throw new PlatformError('OUT_OF_SCOPE');
  return stationId;
}
