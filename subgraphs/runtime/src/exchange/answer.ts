import { PlatformError } from '@delta/schema/errors';
import { v7 as uuidv7 } from 'uuid';
import { InOrder } from './inOrder.js';
import { exchangeLimits, readMessage, writeReply, type Message, type Reply } from './message.js';
import type { Peers } from './peers.js';
import { receive } from './receive.js';
import type { ExchangeServices } from './services.js';
import { readInbox, recordRefusal } from './store.js';
import type { Answer } from './transport.js';
import { fitting, toWire } from './wire.js';

/** Shortest time between two refusals of nobody in particular that are recorded. */
const strangersMs = 1_000;

/**
 * Answers peers' messages, whatever transport brought them. Size before signature, signature before content, and a peer is one that
 * the signed list names. A peer's refusals are all recorded, strangers' one a second, and change nothing else.
 *
 * @returns the signed reply's bytes; throws only what says that nothing could be looked at
 * @throws PlatformError SIGNATURE_INVALID, EXCHANGE_MALFORMED, BODY_TOO_LARGE, PEER_UNKNOWN, PROVINCE_UNAVAILABLE, ZONE_UNAVAILABLE
 */
export function createAnswer(services: ExchangeServices, peers: Peers): Answer {
  const { db, signer, trust, seals, log, now, counts } = services;
  const inOrder = new InOrder();
  let strangersRecorded = -Infinity;
  const refuse = async (peer: string, code: string): Promise<void> => {
    log.warn({ code, peer }, 'a message of the exchange was refused');
    counts?.refused(peer, 'RECEIVED', code);
    await recordRefusal(db, { id: uuidv7(), at: now(), peer, side: 'RECEIVED', code });
  };
  const reply = async (from: string, message: Message): Promise<Reply> => {
    if (message.kind === 'DELIVER') return receive(services, inOrder, from, message.events);
    const events = await toWire(db, seals, await readInbox(db, from, message.after, message.limit));
    return { kind: 'EVENTS', events: fitting(events, exchangeLimits.sendBytes) };
  };
  return async (bytes) => {
    if (bytes.length > exchangeLimits.bodyBytes) throw new PlatformError('BODY_TOO_LARGE');
    try {
      const { from, message } = await readMessage(trust, signer.name, bytes);
      if (!(await peers.find(from))) throw new PlatformError('PEER_UNKNOWN');
      const content = await reply(from, message);
      if (content.kind === 'FORKED') await refuse(from, 'EXCHANGE_FORKED');
      if (content.kind === 'REFUSED') await refuse(from, content.code);
      return await writeReply(signer, from, content, bytes);
    } catch (error) {
      // Who it claims to be from is unproven: any name could stand there, and anybody could fill the table, so one a second is kept.
      if (error instanceof PlatformError && error.http < 500 && performance.now() - strangersRecorded > strangersMs) {
        strangersRecorded = performance.now();
        await refuse('unproven', error.code);
      }
      throw error;
    }
  };
}
