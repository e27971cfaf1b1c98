import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { isErrorCode, PlatformError } from '@delta/schema/errors';
import { jetstream } from '@nats-io/jetstream';
import { headers, type Msg, type NatsConnection } from '@nats-io/transport-node';
import type { Peers } from '../peers.js';
import type { Transport } from '../transport.js';
import type { Broker } from './broker.js';
import type { Letters } from './letters.js';
import { refusalHeader, repliesFor, replyAddress, replyHeader, subjectTo } from './subjects.js';

interface Waiting { readonly on: NatsConnection; readonly peer: string; readonly answer: (bytes: Buffer) => void; readonly fail: (error: PlatformError) => void }

export interface NatsTransportOptions {
  readonly peers: Peers;
  readonly broker: Broker;
  readonly letters: Letters;
  /** How long a reply is waited for. */
  readonly timeoutMs?: number | undefined;
}

const publishMs = 5_000;
const unavailable = (cause?: unknown): PlatformError => new PlatformError('PEER_UNAVAILABLE', {}, cause instanceof Error ? cause : undefined);

/**
 * Signed messages by way of a NATS JetStream broker: each goes into the stream under the subject of its receiver, and its reply
 * comes straight back to this process. That the broker has it means nothing: without the receiver's reply in time it was not
 * heard, and is asked again.
 */
export function natsTransport({ peers, broker, letters, timeoutMs = 20_000 }: NatsTransportOptions): Transport {
  const instance = randomBytes(8).toString('hex');
  const address = repliesFor(broker.own, instance);
  const waiting = new Map<string, Waiting>();
  const [heard, closing] = [new WeakSet<NatsConnection>(), new AbortController()];
  // As many as are asked while there is no broker.
  setMaxListeners(0, closing.signal);
  let asked = 0;

  /** A refusal is signed by nobody: it says why to wait, and nothing is built on it. */
  const take = async (message: Msg): Promise<void> => {
    const who = waiting.get(message.subject);
    if (!who) return;
    const refusal = message.headers?.get(refusalHeader);
    if (refusal) { who.fail(new PlatformError(isErrorCode(refusal) ? refusal : 'PEER_UNAVAILABLE', {}, new Error('refused by its receiver'))); return; }
    const opened = await letters.open(Buffer.from(message.data));
    // A letter of somebody else, or of nobody: the one that is waited for may come still.
    if (opened?.from === who.peer) who.answer(opened.content);
  };
  const failAll = (on?: NatsConnection): void => { for (const each of [...waiting.values()]) if (!on || each.on === on) each.fail(unavailable()); };
  /** Replies are heard on a connection before the first message is written to it. */
  const hear = (nc: NatsConnection): void => {
    if (heard.has(nc)) return;
    heard.add(nc);
    nc.subscribe(`${address}.*`, { callback: (error, message) => { if (error) failAll(nc); else void take(message); } });
    nc.closed().then(() => { failAll(nc); }, () => undefined);
  };

  return {
    get maxBytes() { return broker.maxBytes; },
    async ask(peer, message) {
      if (!(await peers.find(peer))) throw new PlatformError('PEER_UNKNOWN');
      const end = performance.now() + timeoutMs;
      const nc = await broker.connection(timeoutMs, closing.signal);
      if (message.length > broker.maxBytes) throw new PlatformError('BODY_TOO_LARGE');
      asked += 1;
      const subject = `${address}.${asked}`;
      let timer: NodeJS.Timeout | undefined;
      try {
        const letter = await letters.close(peer, message);
        hear(nc);
        const reply = new Promise<Buffer>((answer, fail) => {
          waiting.set(subject, { on: nc, peer, answer, fail });
          timer = setTimeout(() => { fail(unavailable(new Error('no reply in time'))); }, Math.max(0, end - performance.now()));
        });
        const head = headers();
        head.set(replyHeader, replyAddress(subject));
        const kept = jetstream(nc).publish(subjectTo(peer), letter, { headers: head, timeout: publishMs });
        // Whichever fails first ends it; the reply may be here before the broker has said that it keeps the message.
        return await Promise.race([reply, kept.then(() => reply)]);
      } catch (error) {
        if (error instanceof PlatformError) throw error;
        // The broker did not keep it: the stream may be gone.
        broker.mend(nc).catch(() => undefined);
        throw unavailable(error);
      } finally {
        clearTimeout(timer);
        waiting.delete(subject);
      }
    },
    async close() {
      closing.abort();
      failAll();
    },
  };
}
