import { setImmediate as turn } from 'node:timers/promises';
import { exchangeLimits } from './message.js';
import type { ExchangeServices } from './services.js';
import { digestOf, signEvent } from './signedEvent.js';
import { lockStream, moveStream, moveToLog, nextWaiting, type Placed } from './store.js';

/** Signatures after which others of this process have a turn. */
const slice = 32;

/**
 * Gives what waits for a peer its place in the stream: without a gap, in the order in which it was written about each subject,
 * bound to what stands before by the hash of that envelope, and signed. The stream's row is locked meanwhile, so replicas take
 * turns, and a place that was given is never given again: what fails leaves the outbox as it was. Events for a halted stream get
 * theirs too: an outbox that they filled would keep those for others from being seen.
 *
 * @param most of them by this one transaction
 * @returns how many got one
 */
export const sequence = ({ db, signer }: Pick<ExchangeServices, 'db' | 'signer'>, peer: string, most: number = exchangeLimits.events): Promise<number> => db.transaction(async (within) => {
  const stream = await lockStream(within, peer, 'OUT');
  const waiting = await nextWaiting(within, peer, most);
  if (waiting.length === 0) return 0;
  let { seq, hash } = stream;
  const placed: Placed[] = [];
  for (const { place, head: { id, type, version, subject, time, digest, sealed } } of waiting) {
    seq += 1;
    const jws = await signEvent(signer, peer, { id, type, version, subject, time, seq, epoch: stream.epoch, previous: hash, digest });
    hash = digestOf(jws);
    placed.push({ place, seq, id, type, version, subject, at: new Date(time), digest, jws, hash, sealed });
    if (placed.length % slice === 0) await turn();
  }
  await moveToLog(within, peer, placed);
  await moveStream(within, peer, 'OUT', { seq, hash, epoch: stream.epoch });
  return placed.length;
});
