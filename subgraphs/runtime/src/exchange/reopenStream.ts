import { PlatformError } from '@delta/schema/errors';
import type { Queryable } from '../db/database.js';
import { askPeer } from './askPeer.js';
import { nextAt, receiptIn } from './position.js';
import type { SenderServices } from './services.js';
import { keepReceipt, lockStream, moveStream, openStream, readStream, returnToOutbox } from './store.js';

/** What reopening a stream came to. */
export interface Reopened {
  /** Events that the peer will never get. */
  readonly lost: number;
  /** Events that are kept and get new places, right behind what the peer has. */
  readonly renumbered: number;
}

/**
 * Goes on with a stream that was halted since its peer lacks what is kept here no more. Its phases:
 *  1. The peer is asked where it is now: it may have been restored from a newer backup since. Nothing is held meanwhile.
 *  2. In one transaction, with the stream's row locked: where nothing is missing any more the stream is open again. Otherwise it
 *     stays as it is, unless the operator accepts the loss. Then what is kept goes back to the outbox and the stream to the peer's
 *     place; the epoch is raised. The sequencer gives new places from there, so that to the peer the next event follows.
 *
 * What was given up is in nobody's log. Events keep their ids under their new places; should the peer get back the old ones after
 * all, from a newer backup, `recover` sends none of them again.
 *
 * @param also what else is so then, in the same transaction
 * @throws PlatformError NOT_FOUND, STREAM_NOT_HALTED, EXCHANGE_TRIMMED (something is missing), PEER_UNAVAILABLE and those of a peer's answer
 */
export async function reopenStream(services: SenderServices, peer: string, acceptLoss: boolean, also: (within: Queryable, reopened: Reopened) => Promise<void> = async () => undefined): Promise<Reopened> {
  const { db, log, now } = services;
  const before = await readStream(db, peer, 'OUT');
  if (!before) throw new PlatformError('NOT_FOUND');
  if (before.state !== 'HALTED') throw new PlatformError('STREAM_NOT_HALTED');
  const { position, receipt } = await receiptIn(services, peer, await askPeer(services, peer, { kind: 'DELIVER', events: [] }));
  const reopened = await db.transaction(async (within): Promise<Reopened> => {
    const stream = await lockStream(within, peer, 'OUT');
    if (stream.state !== 'HALTED') throw new PlatformError('STREAM_NOT_HALTED');
    const { next, oldest } = await nextAt(within, peer, stream, position);
    if (next === 'LOST_AT_SENDER' && !acceptLoss) throw new PlatformError('EXCHANGE_TRIMMED', { from: position.seq + 1, to: oldest - 1 });
    await openStream(within, peer);
    let done: Reopened = { lost: 0, renumbered: 0 };
    if (next === 'LOST_AT_SENDER') {
      done = { lost: oldest - 1 - position.seq, renumbered: await returnToOutbox(within, peer, position.seq) };
      await moveStream(within, peer, 'OUT', { seq: position.seq, hash: position.hash, epoch: Math.max(stream.epoch, position.epoch) + 1 });
    }
    // Where the peer has what we lack (RECOVER), what both agreed on last still counts.
    if (next !== 'RECOVER') await keepReceipt(within, peer, position, receipt, now());
    await also(within, done);
    return done;
  });
  log.warn({ code: 'EXCHANGE_REOPENED', peer, from: position.seq, ...reopened }, 'an operator reopened a stream');
  return reopened;
}
