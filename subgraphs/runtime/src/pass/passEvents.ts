import { v7 as uuidv7 } from 'uuid';
import { recordEntries } from '../audit/index.js';
import type { EventType } from '../exchange/index.js';
import { lockMember } from '../member/index.js';
import { findPass, revokeAgain } from './store.js';
import type { StatusPlace } from './types.js';

/**
 * A pass was revoked: where it stands in the status lists. Its number in the register is the subject, and says when it was issued; whose it
 * is and why it was revoked is told to nobody.
 */
interface RevokedTold { readonly places: readonly StatusPlace[] }

const isPlace = (value: unknown): value is StatusPlace => {
  const { kid, index } = (value ?? {}) as Record<keyof StatusPlace, unknown>;
  return typeof kid === 'string' && /^[0-9a-f]{16}$/.test(kid) && Number.isInteger(index) && (index as number) >= 0 && (index as number) < 2 ** 31;
};

export const revokedKind = {
  type: 'pass.revoked', version: 1, personal: false,
  parse(data: unknown): RevokedTold {
    const { places } = (data ?? {}) as Record<string, unknown>;
    if (!Array.isArray(places) || !places.every(isPlace)) throw new Error('no revoked pass');
    return { places };
  },
} as const;

/**
 * Revocations, as a province tells the others, who keep them and do nothing with them: they read its status lists. They are there for the
 * province itself: restored from a backup of before, it takes its own events back and revokes again.
 */
export const passEvents = (now: () => Date): readonly EventType<RevokedTold>[] => [{
  ...revokedKind,
  apply: async () => undefined,
  async restore(within, events) {
    for (const { subject, time, data } of events) {
      const pass = await findPass(within, subject);
      // The member's row first, as whoever issues does: so neither waits for the other.
      if (pass) await lockMember(within, pass.memberId);
      const ended = await revokeAgain(within, subject, data.places, new Date(time));
      await recordEntries(within, { requestId: uuidv7(), viewer: null }, ended.map(({ id, memberId }) => ({ kind: 'PASS', memberId, purpose: 'OWN_WORK', reference: id, fields: [], reason: 'RECOVERED' })), now());
    }
  },
}];
