import { PlatformError } from '@delta/schema/errors';
import type { Queryable } from '../db/database.js';
import { v7 as uuidv7 } from 'uuid';
import { askPeer } from './askPeer.js';
import { exchangeLimits } from './message.js';
import { insertRecovery, writtenAt, type Recovery } from './recoveryStore.js';
import type { SenderServices } from './services.js';
import { beginning, digestOf, readEvent } from './signedEvent.js';
import { dropWaiting, hashAt, insertLog, lockStream, moveStream, readLog, returnToOutbox } from './store.js';
import type { Position, WireEvent } from './types.js';
import { toStored, type ProvenEvent } from './wire.js';

/**
 * Takes up a stream whose receiver has more of it than its sender: the sender was restored from an older backup. Its phases:
 *  1. Where both still agree is found: the last place whose envelope is the same here and there.
 *  2. What was sent here since then, and did not arrive, goes back to the outbox, before whatever waits there.
 *  3. What the receiver has beyond that place is taken from it. Each event proves by our own signature that it is ours, and by its
 *     chain that none is missing; log and business rows become what they say (`restore`). What the backup still had waiting of it
 *     waits no more.
 *  4. The epoch is raised, and the stream goes on behind the receiver's place.
 *  5. A loss report is kept (`exchange_recovery`): what was taken back, what of it could not be restored, and since when more may be
 *     lost. What was acknowledged here after the backup and reached no peer is in neither, so only the time can be said.
 * All of it in one transaction, with the stream's row locked: nobody gives away places meanwhile.
 *
 * @throws PlatformError EXCHANGE_TRIMMED when the peer keeps no more what was lost here, EXCHANGE_FORKED, PEER_UNAVAILABLE
 */
export async function recover(services: SenderServices, peer: string, position: Position): Promise<void> {
  const { db, log, now } = services;
  const recovery = await db.transaction(async (within) => {
    const stream = await lockStream(within, peer, 'OUT');
    const { place, hash } = await agreement(services, within, peer, position, await linked(services, within, peer, position, stream.received));
    const lostAfter = await writtenAt(within, peer, place);
    const returned = await returnToOutbox(within, peer, place);
    let [shredded, unrestored] = [0, 0];
    let last = { seq: place, hash, epoch: stream.epoch };
    while (last.seq < position.seq) {
      const events = await ownEvents(services, peer, last);
      const without = await keep(services, within, peer, events);
      shredded += without.shredded;
      unrestored += without.unrestored;
      last = { ...events.at(-1)! };
    }
    if (last.hash !== position.hash) throw new PlatformError('EXCHANGE_FORKED');
    await moveStream(within, peer, 'OUT', { seq: last.seq, hash: last.hash, epoch: Math.max(stream.epoch, last.epoch, position.epoch) + 1 });
    const report: Recovery = { id: uuidv7(), at: now(), peer, from: place + 1, to: position.seq, taken: position.seq - place, returned, shredded, unrestored, lostAfter };
    await insertRecovery(within, report);
    return report;
  });
  services.counts?.recovered(peer);
  log.error({ code: 'EXCHANGE_RECOVERED', ...recovery }, 'this owner was restored from an older backup and took from a peer what it had told it; what it had acknowledged since and told nobody is lost');
}

/** A place of the stream and the hash of the envelope that stands there. */
interface Link { readonly place: number; readonly hash: string }

/**
 * A place at which what we sent is what the peer received: that of its last receipt, unless an operator has since accepted a loss
 * and the peer got back what it lacked. Then it is one before that.
 * @throws PlatformError EXCHANGE_FORKED when nothing that is kept fits, EXCHANGE_TRIMMED when the peer keeps no more what follows
 */
async function linked(services: SenderServices, within: Queryable, peer: string, position: Position, received: number): Promise<Link> {
  const { signer, trust } = services;
  const [first] = await readLog(within, peer, 0, 1);
  // What stands before the first that is kept is known by that one's own word.
  const before = first && { place: first.seq - 1, hash: (await readEvent(trust, signer.name, peer, first.jws)).previous };
  for (let place = Math.min(received, position.seq); ; place = Math.max(place - exchangeLimits.events, before.place)) {
    const hash = place === 0 ? beginning : await hashAt(within, 'exchange_log', peer, place) ?? (place === before?.place ? before.hash : undefined);
    const [next] = place < position.seq ? await theirEvents(services, peer, place, 1) : [];
    const head = next && await readEvent(trust, signer.name, peer, next.jws).catch(() => { throw new PlatformError('SIGNATURE_INVALID'); });
    if (head && head.seq > place + 1) throw new PlatformError('EXCHANGE_TRIMMED');
    if (hash === (head ? head.previous : position.hash)) return { place, hash };
    if (!before || place <= before.place) throw new PlatformError('EXCHANGE_FORKED');
  }
}

/** The last place at which what we sent is what the peer received: it is known to hold up to `known`. */
async function agreement(services: SenderServices, within: Queryable, peer: string, position: Position, known: Link): Promise<Link> {
  while (known.place < position.seq) {
    const events = await theirEvents(services, peer, known.place);
    const own = await readLog(within, peer, known.place, events.length);
    for (const [i, { jws }] of events.entries()) {
      const hash = digestOf(jws);
      if (own[i]?.hash !== hash) return known;
      known = { place: known.place + 1, hash };
    }
    if (events.length === 0) return known;
  }
  return known;
}

async function theirEvents(services: SenderServices, peer: string, after: number, limit: number = exchangeLimits.events): Promise<readonly WireEvent[]> {
  const reply = await askPeer(services, peer, { kind: 'READ', after, limit });
  if (reply.kind !== 'EVENTS') throw new PlatformError('EXCHANGE_MALFORMED');
  return reply.events;
}

/** The peer's next events after a place, each of them ours and next in the chain. @throws PlatformError EXCHANGE_FORKED, EXCHANGE_TRIMMED */
async function ownEvents(services: SenderServices, peer: string, last: Position): Promise<ProvenEvent[]> {
  const { signer, trust } = services;
  let { seq, hash } = last;
  const events: ProvenEvent[] = [];
  for (const { jws, data } of await theirEvents(services, peer, last.seq)) {
    const head = await readEvent(trust, signer.name, peer, jws).catch(() => { throw new PlatformError('SIGNATURE_INVALID'); });
    // Of what lies before, the peer keeps no more than what is parked.
    if (head.seq > seq + 1) throw new PlatformError('EXCHANGE_TRIMMED');
    if (head.seq !== seq + 1 || head.previous !== hash || (data !== null && digestOf(data) !== head.digest)) throw new PlatformError('EXCHANGE_FORKED');
    seq = head.seq;
    hash = digestOf(jws);
    events.push({ ...head, from: signer.name, jws, hash, text: data });
  }
  if (events.length === 0) throw new PlatformError('EXCHANGE_FORKED');
  return events;
}

/** @returns how many of them have no effect on our own rows again, and why */
async function keep(services: SenderServices, within: Queryable, peer: string, events: readonly ProvenEvent[]): Promise<Pick<Recovery, 'shredded' | 'unrestored'>> {
  await insertLog(within, peer, await toStored(services, within, events));
  // Also what went behind a gap by an operator's word, and so waits under its old id again: the peer may have had it under its old place.
  await dropWaiting(within, peer, events.map(({ id }) => id));
  let [shredded, unrestored] = [0, 0];
  for (const { text, ...head } of events) {
    const known = services.types.get(head.type);
    if (text === null) { shredded += 1; continue; }
    if (!known?.restore) { unrestored += 1; continue; }
    await known.restore(within, [{ ...head, data: known.parse(JSON.parse(text), head.version) }]);
  }
  return { shredded, unrestored };
}
