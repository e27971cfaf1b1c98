import { PlatformError } from '@delta/schema/errors';
import { askPeer } from './askPeer.js';
import { bytesOfEvents, exchangeLimits, type Reply } from './message.js';
import { readReceipt } from './receipt.js';
import { recover } from './recover.js';
import { nextOf } from './rules.js';
import type { SenderServices } from './services.js';
import { beginning } from './signedEvent.js';
import { haltStream, hashAt, keepReceipt, oldestKept, readLog, readStream, type Stream } from './store.js';
import type { Position } from './types.js';
import { fitting, toWire } from './wire.js';

/** What came of one turn: more is waiting, nothing is, or the stream stands still until somebody acts. */
export type Turn = 'MORE' | 'IDLE' | 'HALTED';

/**
 * Sends a peer what it does not have yet, a batch at most, and relies on its signed receipt alone. Where the peer stands elsewhere
 * than we believe:
 *  - it lacks what we believed it had (it was restored from a backup): we go back to where it is, as long as we keep that;
 *  - it has what we do not (we were restored): we take up from it what we lost, as long as it keeps that, then go on (recover.ts);
 *  - it lacks what we keep no more: the stream is halted, since going on would leave a gap for good.
 *
 * @param greet asks for the peer's place even if nothing waits: what either side lost is then found before more is built on it
 * @throws PlatformError PEER_UNAVAILABLE and others that pass, or the peer's refusal
 */
export async function deliver(services: SenderServices, peer: string, greet: boolean): Promise<Turn> {
  const { db, seals, transport } = services;
  const stream = await readStream(db, peer, 'OUT');
  if (!stream) return greet ? greetPeer(services, peer) : 'IDLE';
  if (stream.state === 'HALTED') return 'HALTED';
  if (greet) return greetPeer(services, peer);
  if (stream.received >= stream.seq) return 'IDLE';
  const rows = await readLog(db, peer, stream.received, exchangeLimits.events);
  if (rows[0]?.seq !== stream.received + 1) return halt(services, peer, 'EXCHANGE_TRIMMED');
  const events = fitting(await toWire(db, seals, rows), bytesOfEvents(transport.maxBytes));
  const sent = rows[events.length - 1]!;
  return settle(services, peer, await askPeer(services, peer, { kind: 'DELIVER', events }), { sent, waiting: stream.seq });
}

const greetPeer = async (services: SenderServices, peer: string): Promise<Turn> => settle(services, peer, await askPeer(services, peer, { kind: 'DELIVER', events: [] }));

/** @param just what was sent last, and up to where events wait: where the receipt is for that very event there is nothing to find out */
async function settle(services: SenderServices, peer: string, reply: Reply, just?: { readonly sent: Pick<Position, 'seq' | 'hash'>; readonly waiting: number }): Promise<Turn> {
  const { db, signer, trust, log, now } = services;
  if (reply.kind === 'REFUSED' || reply.kind === 'EVENTS') {
    throw new PlatformError(reply.kind === 'REFUSED' ? reply.code : 'EXCHANGE_MALFORMED');
  }
  const position = await readReceipt(trust, peer, signer.name, reply.receipt).catch(() => { throw new PlatformError('SIGNATURE_INVALID'); });
  if (just && reply.kind === 'RECEIPT' && position.seq === just.sent.seq && position.hash === just.sent.hash) {
    await keepReceipt(db, peer, position, reply.receipt, now());
    return position.seq < just.waiting ? 'MORE' : 'IDLE';
  }
  const stream = await readStream(db, peer, 'OUT');
  if (!stream && position.seq === 0) return 'IDLE';
  const next = await nextAt(services, peer, stream, position);
  if (next === 'LOST_AT_SENDER') return halt(services, peer, 'EXCHANGE_TRIMMED');
  if (next === 'RECOVER' || reply.kind === 'FORKED') {
    return takeUp(services, peer, position);
  }
  if (stream && position.seq < stream.received) log.warn({ code: 'EXCHANGE_REWOUND', peer, from: stream.received, to: position.seq }, 'a peer has gone back: it is told again from there');
  await keepReceipt(db, peer, position, reply.receipt, now());
  return stream && position.seq < stream.seq ? 'MORE' : 'IDLE';
}

async function nextAt({ db }: SenderServices, peer: string, stream: Stream | undefined, position: Position): Promise<ReturnType<typeof nextOf>> {
  const sent = stream?.seq ?? 0;
  const own = position.seq === 0 ? beginning : await hashAt(db, 'exchange_log', peer, position.seq);
  return nextOf(position, own, { sent, oldest: await oldestKept(db, peer) ?? sent + 1 });
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
