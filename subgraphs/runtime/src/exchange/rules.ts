import type { EventHead, ParkedReason, Position } from './types.js';

/** What comes next in a stream: which of a batch's events are new, or why none of them may be taken. */
export type Continuation =
  | { readonly take: number }
  /** Events before these are missing: the sender goes back to the position. */
  | { readonly refuse: 'GAP' }
  /** Another event stands at a place that is taken: one side lost a part of its past. */
  | { readonly refuse: 'FORKED' };

/** An event's place in the chain. */
export type Place = Pick<EventHead, 'seq' | 'epoch' | 'previous'> & { readonly hash: string };

/** Whether a batch is one unbroken stretch of a stream: each event follows from the one before it. */
export const isUnbroken = (batch: readonly Place[]): boolean =>
  batch.every(({ seq, epoch, previous }, i) => i === 0 || (seq === batch[i - 1]!.seq + 1 && previous === batch[i - 1]!.hash && epoch >= batch[i - 1]!.epoch));

/**
 * Holds an unbroken batch against what the receiver has. What it has already is passed over, so a batch may come twice; but only
 * if it is the same: at the place up to which the receiver came there must stand what stands there.
 *
 * @param stored hash of the receiver's own event at the place of the batch's last one, where the receiver is past it
 */
export function continuationOf(position: Position, batch: readonly Place[], stored: string | undefined): Continuation {
  const [first, last] = [batch[0], batch.at(-1)];
  if (!first || !last) return { take: 0 };
  if (first.seq > position.seq + 1) return { refuse: 'GAP' };
  const fresh = batch.slice(position.seq + 1 - first.seq);
  if (fresh.length === 0) return stored === last.hash ? { take: 0 } : { refuse: 'FORKED' };
  if (fresh[0]!.previous !== position.hash || fresh[0]!.epoch < position.epoch) return { refuse: 'FORKED' };
  return { take: fresh.length };
}

/** What an event is stored as, by why it has no effect. What was shredded is over: nothing will come of it, and nobody waits. */
export const settlementOf = (reason: ParkedReason | null = null): { readonly state: 'APPLIED' | 'PARKED'; readonly reason: ParkedReason | null } =>
  ({ state: reason === null || reason === 'SHREDDED' ? 'APPLIED' : 'PARKED', reason });

/** What a sender does after it has heard how far its receiver came. */
export type Next = 'GO_ON' | 'RECOVER' | 'LOST_AT_SENDER';

/**
 * @param own the sender's own event at the receiver's place, or undefined where it has none
 * @param sent the last place that the sender has given away
 * @param oldest the first place that the sender still keeps, `sent + 1` when it keeps none
 */
export function nextOf({ seq, hash }: Position, own: string | undefined, { sent, oldest }: { readonly sent: number; readonly oldest: number }): Next {
  // The receiver knows what we do not, or knows it otherwise: we were restored from a backup.
  if (seq > sent || (own !== undefined && own !== hash)) return 'RECOVER';
  // The receiver was restored from a backup that is older than what we keep.
  return seq + 1 < oldest ? 'LOST_AT_SENDER' : 'GO_ON';
}
