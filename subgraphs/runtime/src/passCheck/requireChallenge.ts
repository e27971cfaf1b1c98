import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import type { ProvinceServices } from '../server/services.js';
import { requireStation } from '../station/index.js';
import { findChallenge } from './store.js';
import type { ChallengeRecord } from './types.js';

/** A challenge of a station of the viewer's organisation. Whether it was answered and when it ends, showing tells. @throws PlatformError MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, NOT_FOUND, OUT_OF_SCOPE */
export async function requireChallenge({ entry, db }: Pick<ProvinceServices, 'entry' | 'db'>, organizationId: string, id: string): Promise<ChallengeRecord> {
  const challenge = await findChallenge(db, requireIdOf(entry.code, id));
  if (!challenge) throw new PlatformError('NOT_FOUND');
  await requireStation(db, entry.code, organizationId, challenge.stationId);
  return challenge;
}
