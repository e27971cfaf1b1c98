import { PlatformError } from '@delta/schema/errors';
import type { Envelope } from '../crypto/envelope.js';
import type { SuiteName } from '../crypto/types.js';
import type { Database } from '../db/database.js';
import { renewRows, type Renewed, type RenewOptions } from '../db/renewRows.js';
import { countKeysBySeal, lockKeysBehind, storeKeys } from './keyStore.js';
import type { KeyRow } from './store.js';

/**
 * Wraps the key of every subject under the current master key, while events come and go. The key itself stays, and with it its
 * suite: what was exchanged is evidence, and is not sealed anew.
 *
 * @throws PlatformError KEY_UNKNOWN when a version in use is not in the key file
 */
export const rewrapKeys = (db: Database, envelope: Envelope, options?: RenewOptions): Promise<Renewed> => renewRows<KeyRow>(db, {
  behind: async () => (await countKeysBySeal(db)).filter(({ version }) => version !== envelope.current.version).reduce((sum, { keys }) => sum + keys, 0),
  lock: (within, after, limit) => lockKeysBehind(within, envelope.current.version, after, limit),
  idOf: ({ subject }) => subject,
  renew: (row) => renew(envelope, row),
  store: storeKeys,
}, options);

function renew(envelope: Envelope, { subject, suite, version, bytes }: KeyRow): KeyRow | undefined {
  try {
    return { subject, ...envelope.rewrap(subject, { suite: suite as SuiteName, version, bytes }) };
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    return undefined;
  }
}
