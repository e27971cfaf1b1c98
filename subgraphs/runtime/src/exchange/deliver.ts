import { PlatformError } from '@delta/schema/errors';
import { askPeer } from './askPeer.js';
import { bytesOfEvents, exchangeLimits, type Reply } from './message.js';
import { nextAt, receiptIn } from './position.js';
import { recover } from './recover.js';
import type { SenderServices } from './services.js';
import { beginStream, haltStream, keepReceipt, readLog, readStream } from './store.js';
import type { Position } from './types.js';
import { fitting, toWire } from './wire.js';

/** What came of one turn: more is waiting, so much that whoever is served meanwhile comes first; more is; nothing is; or the stream stands still until somebody acts. */
export type Turn = 'BACKLOG' | 'MORE' | 'IDLE' | 'HALTED';

/**
 * A peer that is so many events behind was away, and an outbox that gave so many a place in a row was full: both go on by small
 * batches, one at a time, with a pause behind each of so many times what it took, so that few who are served meanwhile meet one,
 * and wait little. Up to that many go as fast as they can, within seconds.
 */
export const backlog = { from: 20_000, batch: 50, pause: 9 } as const;

/** Fewer events than this wait for the receipt of those before them: more of them will have come until then. */
const worthSendingAhead = 100;

/**
 * Sends a peer what it does not have yet, and relies on its signed receipts alone. While more waits, the next batch is on its way
 * before the receipt for the last one has come, so that neither side is idle. Where the peer stands elsewhere than we believe:
 *  - it lacks what we believed it had (it was restored from a backup): we go back to where it is, as long as we keep that;
 *  - it has what we do not (we were restored): we take up from it what we lost, as long as it keeps that, then go on (recover.ts);
 *  - it lacks what we keep no more: the stream is halted, since going on would leave a gap for good.
 *
 * @param greet asks for the peer's place even if nothing waits: what either side lost is then found before more is built on it
 * @param goOn whether another batch may be sent before this turn ends
 * @throws PlatformError PEER_UNAVAILABLE and others that pass, or the peer's refusal
 */
export async function deliver(services: SenderServices, peer: string, greet: boolean, goOn: () => boolean = () => false): Promise<Turn> {
  const { db } = services;
  const stream = await readStream(db, peer, 'OUT');
  if (!stream) return greet ? greetPeer(services, peer) : 'IDLE';
  if (stream.state === 'HALTED') return 'HALTED';
  if (greet) return greetPeer(services, peer);
  if (stream.received >= stream.seq) return 'IDLE';
  const isBacklog = stream.seq - stream.received > backlog.from;
  let under = await send(services, peer, stream.received, isBacklog ? backlog.batch : exchangeLimits.events);
  if (!under) return halt(services, peer, 'EXCHANGE_TRIMMED');
  for (let ahead = false; ; ahead = true) {
    const next: Sent | undefined = !isBacklog && goOn() ? await sendAhead(services, peer, under.sent.seq).catch(() => undefined) : undefined;
    const taken = await under.reply.then((reply) => receiptFor(services, peer, under!.sent, reply)).catch(() => undefined);
    if (!taken) {
      // Whatever became of this one, two turns do not send at once.
      await next?.reply.catch(() => undefined);
      // What was sent ahead may have overtaken what it follows: then its answer says nothing but that it has to be sent again.
      return ahead ? 'MORE' : settle(services, peer, await under.reply);
    }
    await keepReceipt(db, peer, taken.at, taken.receipt, services.now());
    if (!next) return isBacklog ? 'BACKLOG' : 'MORE';
    under = next;
  }
}

interface Sent { readonly sent: Pick<Position, 'seq' | 'hash'>; readonly reply: Promise<Reply> }

/** Sends what stands behind a place, a batch at most; undefined where the next is not kept (any more). */
async function send(services: SenderServices, peer: string, after: number, most: number = exchangeLimits.events): Promise<Sent | undefined> {
  const { db, seals, transport } = services;
  const rows = await readLog(db, peer, after, most);
  if (rows[0]?.seq !== after + 1) return undefined;
  const events = fitting(await toWire(db, seals, rows), bytesOfEvents(transport.maxBytes));
  const reply = askPeer(services, peer, { kind: 'DELIVER', events });
  // Heard where it is waited for.
  reply.catch(() => undefined);
  return { sent: rows[events.length - 1]!, reply };
}

async function sendAhead(services: SenderServices, peer: string, after: number): Promise<Sent | undefined> {
  const stream = await readStream(services.db, peer, 'OUT');
  return stream?.state === 'OPEN' && stream.seq - after >= worthSendingAhead && stream.seq - after <= backlog.from ? send(services, peer, after) : undefined;
}

const greetPeer = async (services: SenderServices, peer: string): Promise<Turn> => settle(services, peer, await askPeer(services, peer, { kind: 'DELIVER', events: [] }));

/** The receipt for that very event, if this is it: there is nothing to find out then. */
async function receiptFor(services: SenderServices, peer: string, sent: Sent['sent'], reply: Reply): Promise<{ readonly at: Position; readonly receipt: string } | undefined> {
  if (reply.kind !== 'RECEIPT') return undefined;
  const { position: at, receipt } = await receiptIn(services, peer, reply);
  return at.seq === sent.seq && at.hash === sent.hash ? { at, receipt } : undefined;
}

/** Finds out how to go on from where the peer says that it is. */
async function settle(services: SenderServices, peer: string, reply: Reply): Promise<Turn> {
  const { db, log, now } = services;
  const { position, receipt } = await receiptIn(services, peer, reply);
  const stream = await readStream(db, peer, 'OUT');
  // Nothing was ever told: that the peer answers is worth knowing all the same.
  if (!stream) await beginStream(db, peer, 'OUT');
  const { next } = await nextAt(db, peer, stream, position);
  if (next === 'LOST_AT_SENDER') {
    // How far the peer has really come is what the operator has to see.
    await keepReceipt(db, peer, position, receipt, now());
    return halt(services, peer, 'EXCHANGE_TRIMMED');
  }
  if (next === 'RECOVER' || reply.kind === 'FORKED') {
    return takeUp(services, peer, position);
  }
  if (stream && position.seq < stream.received) {
    log.warn({ code: 'EXCHANGE_REWOUND', peer, from: stream.received, to: position.seq }, 'a peer has gone back: it is told again from there');
    await services.onRewound?.(peer);
  }
  await keepReceipt(db, peer, position, receipt, now());
  return stream && position.seq < stream.seq ? 'MORE' : 'IDLE';
}

/** What the peer keeps no more either cannot be taken from it. */
async function takeUp(services: SenderServices, peer: string, position: Position): Promise<Turn> {
  try {
    await recover(services, peer, position);
    return 'MORE';
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'EXCHANGE_TRIMMED') return halt(services, peer, 'EXCHANGE_TRIMMED');
    throw error;
  }
}

async function halt({ db, log }: SenderServices, peer: string, code: 'EXCHANGE_TRIMMED'): Promise<Turn> {
  await haltStream(db, peer, code);
  log.error({ code, peer }, 'a stream stands still until an operator acts');
  return 'HALTED';
}
