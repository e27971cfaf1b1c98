import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '@delta/schema/errors';
import type { Envelope } from '../crypto/envelope.js';
import type { Database } from '../db/database.js';
import { countBySeal, lockBehind, storeSealed, type SealedMember } from './store.js';

export interface RewrapOptions {
  /** Members a transaction. Their rows are locked for as long as it takes to seal them: some tens of milliseconds. */
  readonly batch?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface Rewrapped {
  readonly renewed: number;
  /** Ids of members whose stored bytes no key opens: left as they are. */
  readonly unreadable: readonly string[];
}

/**
 * Brings every member under the current master key and suite while the province goes on answering. Each row says by what it is
 * sealed, so one that was just renewed and one that was not yet are read alike, and a rotation that was killed begins again
 * where it stopped. It ends when no member is left but those that nothing opens.
 *
 * @throws PlatformError KEY_UNKNOWN when a version in use is not in the key file
 */
export async function rewrapMembers(db: Database, envelope: Envelope, { batch = 500, onProgress = () => undefined, signal }: RewrapOptions = {}): Promise<Rewrapped> {
  const behind = async (): Promise<number> => {
    const { suite, version } = envelope.current;
    const counts = await countBySeal(db);
    return counts.filter((count) => count.suite !== suite || count.version !== version).reduce((sum, { members }) => sum + members, 0);
  };
  const total = await behind();
  const unreadable = new Set<string>();
  let renewed = 0;
  onProgress(0, total);
  for (let left = total; left > unreadable.size; left = await behind()) {
    const before = renewed;
    let after: string | null = null;
    for (;;) {
      signal?.throwIfAborted();
      const met = await db.transaction(async (within) => {
        const members = await lockBehind(within, envelope.current, after, batch);
        await storeSealed(within, members.flatMap((member) => renew(envelope, member, unreadable)));
        return members.map(({ id }) => id);
      });
      const last = met.at(-1);
      if (last === undefined) break;
      after = last;
      renewed += met.filter((id) => !unreadable.has(id)).length;
      onProgress(Math.min(renewed, total), total);
    }
    // Whoever held the rows that were passed over needs a moment.
    if (renewed === before) await sleep(100);
  }
  return { renewed, unreadable: [...unreadable] };
}

function renew(envelope: Envelope, member: SealedMember, unreadable: Set<string>): SealedMember[] {
  try {
    const { dataKey, sealed } = envelope.renew(member.id, member.dataKey, { idNumber: member.idNumber, phone: member.phone });
    return [{ id: member.id, dataKey, idNumber: sealed['idNumber'] ?? null, phone: sealed['phone'] ?? null }];
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    unreadable.add(member.id);
    return [];
  }
}
