import { PlatformError } from '@delta/schema/errors';
import type { Envelope } from '../crypto/envelope.js';
import type { Database } from '../db/database.js';
import { renewRows, type Renewed, type RenewOptions } from '../db/renewRows.js';
import { countBySeal, lockBehind, storeSealed, type SealedMember } from './store.js';

/**
 * Brings every member under the current master key and suite while the province goes on answering. Each row says by what it is
 * sealed, so one that was just renewed and one that was not yet are read alike.
 *
 * @throws PlatformError KEY_UNKNOWN when a version in use is not in the key file
 */
export const rewrapMembers = (db: Database, envelope: Envelope, options?: RenewOptions): Promise<Renewed> => renewRows<SealedMember>(db, {
  async behind() {
    const { suite, version } = envelope.current;
    const counts = await countBySeal(db);
    return counts.filter((count) => count.suite !== suite || count.version !== version).reduce((sum, { members }) => sum + members, 0);
  },
  lock: (within, after, limit) => lockBehind(within, envelope.current, after, limit),
  idOf: ({ id }) => id,
  renew: (member) => renew(envelope, member),
  store: storeSealed,
}, options);

function renew(envelope: Envelope, member: SealedMember): SealedMember | undefined {
  try {
    const { dataKey, sealed } = envelope.renew(member.id, member.dataKey, { idNumber: member.idNumber, phone: member.phone });
    return { id: member.id, dataKey, idNumber: sealed['idNumber'] ?? null, phone: sealed['phone'] ?? null };
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    return undefined;
  }
}
