import { PlatformError } from '@delta/schema/errors';
import { v7 as uuidv7 } from 'uuid';
import { recordEntries } from '../audit/index.js';
import type { Database, Queryable } from '../db/database.js';
import { forgottenKind } from '../directory/index.js';
import { eventOf, eventTypes, forgetSubject, onlyTold, sendEvents } from '../exchange/index.js';
import { releaseBefore } from './releaseBefore.js';
import { shreddedKind } from './shredEvents.js';
import { eraseMember, lockMember } from './store.js';

/** Why a member is shredded: the person asked, the time to keep the record is over, or it should never have been there. */
export const shredReasons = ['REQUEST', 'RETENTION', 'ERROR'] as const;

export type ShredReason = (typeof shredReasons)[number];

/** Removes what another concept keeps by the same person, in the same transaction. */
export type Forget = (within: Queryable, blindIndex: string) => Promise<void>;

/** What a shredding tells; it tells of nobody, so it can be told by whoever has the database alone. */
const told = { types: eventTypes([onlyTold(forgottenKind), onlyTold(shreddedKind)]) };

/**
 * Destroys a member's data keys and everything of the person beside them, and records that it was so, in one transaction; with it the
 * directory and the province that held the member before are told, which does the same. What stays is the id: the audit of what was
 * once disclosed goes by it.
 *
 * @returns when, and whether it was so before
 * @throws PlatformError NOT_FOUND, MEMBER_MOVED (the record is another province's, which shreds it), TRANSFER_UNDER_WAY
 */
export async function shredMember(db: Database, id: string, reason: ShredReason, now: Date, forget: readonly Forget[] = []): Promise<{ at: Date; already: boolean }> {
  return db.transaction(async (within) => {
    const member = await lockMember(within, id);
    if (!member) throw new PlatformError('NOT_FOUND');
    if (member.movedTo !== null) throw new PlatformError('MEMBER_MOVED');
    if (member.shreddedAt) return { at: member.shreddedAt, already: true };
    if (member.leaving) throw new PlatformError('TRANSFER_UNDER_WAY');
    for (const each of forget) await each(within, member.blindIndex!);
    await eraseMember(within, id, now);
    await forgetSubject(within, id);
    const before = releaseBefore(member.releases);
    await sendEvents(within, told, [
      eventOf(forgottenKind, { to: 'zone', subject: id, data: {} }),
      ...(before ? [eventOf(shreddedKind, { to: before.from, subject: id, data: { version: before.version } })] : []),
    ], now);
    await recordEntries(within, { requestId: uuidv7(), viewer: null }, [{ kind: 'SHRED', memberId: id, purpose: null, reference: null, fields: [], reason }], now);
    return { at: now, already: false };
  });
}
