import { PlatformError } from '@delta/schema/errors';
import type { Envelope } from '../crypto/envelope.js';
import type { Queryable } from '../db/database.js';
import { sampleSealed } from './store.js';

/**
 * Opens one of the oldest and one of the newest members, so that a key file of another province, or an older copy of the right
 * one, is noticed at the start and not by the first person who is asked for.
 * @throws PlatformError KEY_UNKNOWN
 */
export async function checkKeys(db: Queryable, envelope: Envelope): Promise<void> {
  for (const { id, dataKey, idNumber, phone } of await sampleSealed(db)) {
    try {
      envelope.renew(id, dataKey, { idNumber, phone });
    } catch (error) {
      if (error instanceof PlatformError) throw error;
      throw new PlatformError('KEY_UNKNOWN', { message: `Master key ${dataKey.version} in the key file is not the one that this database was sealed under.` }, error as Error);
    }
  }
}
