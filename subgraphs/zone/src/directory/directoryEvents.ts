import { recordEntries } from '@delta/runtime/audit/index';
import { claimKind, entryKind, forgottenKind, looksKind, type DuplicateClaim, type EntryTold } from '@delta/runtime/directory/index';
import { eventOf, forgetSubject, onlyTold, type EventType, type OutgoingEvent } from '@delta/runtime/exchange/index';
import type { Trust } from '@delta/service/keys';
import { enterMembers, proveEntry } from './enterMembers.js';
import { forgetEntry, keepClaims } from './store.js';

/** A claim, to either side that it concerns. */
export const claimTold = (claim: DuplicateClaim): OutgoingEvent[] => [...new Set([claim.claimant, claim.holder])].map((to) => eventOf(claimKind, { to, subject: claim.memberId, data: claim }));

/** What provinces tell the directory of one member at a time, and what it tells them. */
export const directoryEvents = ({ trust, now }: { readonly trust: Trust; readonly now: () => Date }): readonly EventType[] => [
  {
    ...entryKind,
    async apply(within, events, tell) {
      for (const { id, from, subject, data } of events) {
        const entry = await proveEntry(trust, from, { memberId: subject, ...(data as EntryTold) });
        const { opened } = await enterMembers(within, [entry], id, now());
        for (const claim of opened) for (const event of claimTold(claim)) await tell(event);
      }
    },
  },
  {
    ...forgottenKind,
    async apply(within, events) {
      for (const { id, from, subject } of events) {
        const known = await forgetEntry(within, from, subject, now());
        await forgetSubject(within, subject);
        if (known) await recordEntries(within, { requestId: id, viewer: null }, [{ kind: 'SHRED', memberId: subject, purpose: null, reference: null, fields: [] }], now());
      }
    },
  },
  { ...onlyTold(claimKind), restore: async (within, events) => { await keepClaims(within, events.map(({ data }) => data as DuplicateClaim)); } },
  onlyTold(looksKind),
];
