import { setImmediate as turn } from 'node:timers/promises';
import type { ErrorCode } from '@delta/schema/errors';
import { KeyError } from '@delta/service/keys';
import { isWorthRepeating } from '../db/failure.js';
import { applyEvents } from './applyEvents.js';
import type { InOrder } from './inOrder.js';
import type { Reply } from './message.js';
import { signReceipt } from './receipt.js';
import { continuationOf, isUnbroken, settlementOf } from './rules.js';
import type { ExchangeServices } from './services.js';
import { digestOf, readEvent, readLinkedEvent } from './signedEvent.js';
import { effectsOf } from './sendEvents.js';
import { hashAt, insertInbox, lockStream, moveStream, parkedSubjects } from './store.js';
import type { Position, WireEvent } from './types.js';
import { toStored, type ProvenEvent } from './wire.js';

/** Events after which others of this process have a turn. */
const slice = 64;

/**
 * Takes a peer's next events. Its phases:
 *  1. The last event's signature, before anything else is read; then digests, and that the batch is one unbroken stretch. No lock is held, and
 *     the peer's batch before this one may be in the phases behind: it is waited for then, so that none overtakes another.
 *  2. In one transaction, with the stream's row locked: what is here already is passed over, what does not follow is refused.
 *  3. In the same transaction: the events as evidence, their effects, and the place up to which the stream has come. All of it is
 *     committed, or nothing; so an event is either here with its one effect (or parked), or it is asked for again.
 *  4. The receipt, signed, over what is committed.
 */
export const receive = (services: ExchangeServices, inOrder: InOrder, from: string, events: readonly WireEvent[]): Promise<Reply> =>
  inOrder.run(from, () => prove(services, from, events), (proven) => take(services, from, proven));

async function take(services: ExchangeServices, from: string, proven: readonly ProvenEvent[] | ErrorCode): Promise<Reply> {
  const { db, signer, now } = services;
  if (typeof proven === 'string') return { kind: 'REFUSED', code: proven };
  const outcome = await repeatedly(() => db.transaction(async (within): Promise<{ kind: 'RECEIPT' | 'GAP' | 'FORKED'; position: Position }> => {
    const stream = await lockStream(within, from, 'IN');
    const last = proven.at(-1);
    const known = last && last.seq <= stream.seq ? await hashAt(within, 'exchange_inbox', from, last.seq) : undefined;
    const continuation = continuationOf(stream, proven, known);
    if ('refuse' in continuation) return { kind: continuation.refuse, position: stream };
    if (continuation.take === 0) return { kind: 'RECEIPT', position: stream };
    const fresh = proven.slice(-continuation.take);
    const blocked = await parkedSubjects(within, from, [...new Set(fresh.map(({ subject }) => subject))]);
    // Keys of subjects before effects: whoever recovers a stream takes them in that order too, so neither waits for the other in a ring.
    const stored = await toStored(services, within, fresh);
    const parked = await applyEvents(within, effectsOf(services, within), fresh, blocked);
    await insertInbox(within, from, stored.map((event) => Object.assign(event, settlementOf(parked.get(event.seq)))), now());
    const { seq, hash, epoch } = fresh.at(-1)!;
    await moveStream(within, from, 'IN', { seq, hash, epoch });
    return { kind: 'RECEIPT', position: { seq, hash, epoch } };
  }));
  return { kind: outcome.kind, receipt: await signReceipt(signer, from, outcome.position) };
}

/** Effects of two peers' events may wait for each other's rows: who loses begins anew, and after a few times the peer sends again. */
async function repeatedly<T>(work: () => Promise<T>, attempts = 3): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= attempts || !isWorthRepeating(error)) throw error;
    }
  }
}

/**
 * One signature proves a batch: the last event's, since by hashes that event stands for all before it as they are here, down to their
 * own signatures. Whoever sent them cannot take back one of them without taking back the last.
 */
async function prove({ signer, trust }: ExchangeServices, from: string, events: readonly WireEvent[]): Promise<readonly ProvenEvent[] | ErrorCode> {
  const proven: ProvenEvent[] = [];
  try {
    const last = events.at(-1);
    const end = last && await readEvent(trust, from, signer.name, last.jws);
    for (const event of events) {
      const { jws, data } = event;
      const head = event === last ? end! : readLinkedEvent(from, signer.name, jws);
      if (data !== null && digestOf(data) !== head.digest) return 'EXCHANGE_DIGEST';
      // Here and below nothing is spread: thousands of objects a second are made so, and a spread costs ten times what this does.
      proven.push(Object.assign(head, { from, text: data, jws, hash: digestOf(jws) }));
      if (proven.length % slice === 0) await turn();
    }
  } catch (error) {
    if (error instanceof KeyError) return error.reason === 'malformed' ? 'EXCHANGE_MALFORMED' : 'SIGNATURE_INVALID';
    throw error;
  }
  return isUnbroken(proven) ? proven : 'EXCHANGE_REORDERED';
}
