import type { Queryable } from '../db/database.js';
import { trimInbox, trimLog } from './trimStore.js';

/** Places a statement looks at for each peer: some tens of milliseconds. */
const batch = 2_000;
/** Its receipt may have been on its way, or its sender away, when the backup was taken to which the sender goes back. */
const receiptMs = 24 * 60 * 60_000;

/**
 * Forgets what was sent and received long ago. What a peer has receipted is not asked for again, except by one that was restored
 * from a backup: so both sides keep as much as the oldest backup that anybody restores may lack, and the receiver a day more.
 *
 * @param before the time of that backup
 */
export async function trim(db: Pick<Queryable, 'query'>, before: Date): Promise<void> {
  while (await trimLog(db, before, batch) > 0);
  while (await trimInbox(db, new Date(before.getTime() - receiptMs), batch) > 0);
}
