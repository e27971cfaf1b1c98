import { forgottenKind, isVersion } from '../directory/index.js';
import type { Queryable } from '../db/database.js';
import { eventOf, forgetSubject, onlyTold, type EventType, type ReceivedEvent } from '../exchange/index.js';
import { releaseBefore } from './releaseBefore.js';
import { eraseMember, lockMember } from './store.js';

/** A person was shredded by the province that held the record last: whoever held it before forgets what it still keeps. `version` is that under which it gave the record away. */
interface ShreddedTold { readonly version: number }

export const shreddedKind = {
  type: 'member.shredded', version: 1, personal: false,
  parse(data: unknown): ShreddedTold {
    const { version } = (data ?? {}) as Record<string, unknown>;
    if (!isVersion(version)) throw new Error('no shredding');
    return { version };
  },
} as const;

/**
 * Shreddings, as a province tells the directory and hears of them from who held its former members after it. They go back along the way
 * by which the member came, version by version, so they end also where a member came back.
 *
 * @param own the province's slug
 */
export function shredEvents(own: string, now: () => Date): readonly EventType[] {
  /** A backup of before the shredding brings nobody back: whichever peer has heard of it says so. */
  const restore = async (within: Queryable, events: readonly ReceivedEvent[]): Promise<void> => {
    for (const { subject } of events) {
      const member = await lockMember(within, subject);
      if (member?.shreddedAt === null) await eraseMember(within, subject, now());
      await forgetSubject(within, subject);
    }
  };
  return [{ ...onlyTold(forgottenKind), restore }, {
    ...shreddedKind,
    restore,
    async apply(within, events, tell) {
      for (const { from, subject, data } of events) {
        const member = await lockMember(within, subject);
        if (!member) continue;
        if (member.movedTo === null) throw new Error(`${from} shredded a member that is held here`);
        await forgetSubject(within, subject);
        const before = releaseBefore(member.releases, { name: own, version: (data as ShreddedTold).version });
        if (before) await tell(eventOf(shreddedKind, { to: before.from, subject, data: { version: before.version } }));
      }
    },
  }];
}
