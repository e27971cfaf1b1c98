import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError, type ErrorCode } from '@delta/schema/errors';
import type { Logger } from '@delta/service/log';
import type { ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import type { Answer } from '../transport.js';
import type { Broker } from './broker.js';
import type { Letters } from './letters.js';
import { openConsumer } from './openStream.js';
import { refusalHeader, replyHeader, replySubject } from './subjects.js';

export interface ListenOptions { readonly broker: Broker; readonly letters: Letters; readonly answer: Answer; readonly log: Logger }

export interface Listening { stop(): Promise<void> }

/** Messages that are answered at once, and how long one request for more stands at the broker. */
const [atOnce, standsMs] = [16, 5_000];
const pauseMs = 500;

/**
 * Takes an owner's messages from the broker and answers them as HTTP does. A message is acknowledged after it was answered, so one
 * whose process died is given to another, while it is valid; what it did is then passed over and receipted again.
 */
export function listenNats({ broker, letters, answer, log }: ListenOptions): Listening {
  const busy = new Set<Promise<void>>();
  const stopping = new AbortController();
  let pulling: ConsumerMessages | undefined;

  const reply = async (nc: NatsConnection, message: JsMsg): Promise<void> => {
    const to = replySubject(message.headers?.get(replyHeader));
    if (to === undefined) { message.term(); return; }
    const letter = Buffer.from(message.data);
    const opened = await letters.open(letter);
    // One that cannot be opened is refused, and recorded, as any message that nobody is seen to have signed.
    const answered = await answer(opened?.content ?? letter, broker.maxBytes).catch(refusalOf(log));
    if (nc.isClosed()) return;
    const refusal = typeof answered === 'string' ? answered : answered.length > broker.maxBytes ? 'BODY_TOO_LARGE' : undefined;
    if (refusal === undefined && opened) {
      nc.publish(to, await letters.close(opened.from, answered as Buffer));
    } else {
      const head = headers();
      head.set(refusalHeader, refusal ?? 'SIGNATURE_INVALID');
      nc.publish(to, undefined, { headers: head });
    }
    message.ack();
  };

  const handle = (nc: NatsConnection, message: JsMsg): void => {
    const work = reply(nc, message).catch((error: unknown) => { log.warn({ code: 'EXCHANGE_BROKER', err: error }, 'a reply could not be given'); }).finally(() => { busy.delete(work); });
    busy.add(work);
  };

  const take = async (nc: NatsConnection): Promise<void> => {
    await broker.mend(nc);
    const consumer = await openConsumer(nc, broker.own);
    while (!stopping.signal.aborted && !nc.isClosed()) {
      if (busy.size >= atOnce) { await Promise.race(busy); continue; }
      pulling = await consumer.fetch({ max_messages: atOnce - busy.size, expires: standsMs });
      if (stopping.signal.aborted) pulling.stop();
      for await (const message of pulling) handle(nc, message);
    }
  };

  const run = async (): Promise<void> => {
    let failed = 0;
    while (!stopping.signal.aborted) {
      try {
        await take(await broker.connection(standsMs, stopping.signal));
        failed = 0;
      } catch (error) {
        failed += 1;
        if (failed === 1 && !(error instanceof PlatformError)) log.warn({ code: 'EXCHANGE_BROKER', reason: String(error) }, 'nothing can be taken from the broker');
        await sleep(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
    await Promise.all(busy);
  };
  const running = run();
  return { stop: async () => { stopping.abort(); pulling?.stop(); await running; } };
}

/** As HTTP answers: a refusal by its code, anything else as being unavailable. */
const refusalOf = (log: Logger) => (error: unknown): ErrorCode => {
  if (error instanceof PlatformError && error.http < 500) return error.code;
  if (!(error instanceof PlatformError)) log.error({ code: 'INTERNAL', err: error }, 'a message of the exchange could not be answered');
  return 'PEER_UNAVAILABLE';
};
