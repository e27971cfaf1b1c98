import { PlatformError } from '@delta/schema/errors';
import { v7 as uuidv7 } from 'uuid';
import { recordEntries } from '../audit/index.js';
import type { Database, Queryable } from '../db/database.js';
import { eraseMember, lockMember } from './store.js';

/** Why a member is shredded: the person asked, the time to keep the record is over, or it should never have been there. */
export const shredReasons = ['REQUEST', 'RETENTION', 'ERROR'] as const;

export type ShredReason = (typeof shredReasons)[number];

/** Removes what another concept keeps by the same person, in the same transaction. */
export type Forget = (within: Queryable, blindIndex: string) => Promise<void>;

/**
 * Destroys a member's data key and everything of the person beside it, and records that it was so, in one transaction. What
 * stays is the id: the audit of what was once disclosed goes by it, and the directory is told to release it.
 *
 * @returns when, and whether it was so before
 * @throws PlatformError NOT_FOUND
 */
export async function shredMember(db: Database, id: string, reason: ShredReason, now: Date, forget: readonly Forget[] = []): Promise<{ at: Date; already: boolean }> {
  return db.transaction(async (within) => {
    const member = await lockMember(within, id);
    if (!member) throw new PlatformError('NOT_FOUND');
    if (member.shreddedAt) return { at: member.shreddedAt, already: true };
    for (const each of forget) await each(within, member.blindIndex);
    await eraseMember(within, id, now);
    await recordEntries(within, { requestId: uuidv7(), viewer: null }, [{ kind: 'SHRED', memberId: id, purpose: null, reference: null, fields: [], reason }], now);
    return { at: now, already: false };
  });
}
