import { readFile } from 'node:fs/promises';
import { PlatformError } from '@delta/schema/errors';
import type { Logger } from '@delta/service/log';
import type { MutualTls } from '@delta/service/tls';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { Bell } from '../bell.js';
import { letterBytes } from './letters.js';
import { openStream } from './openStream.js';
import type { NatsSettings } from './settings.js';
import { inboxPrefix } from './subjects.js';

export interface BrokerOptions {
  readonly settings: NatsSettings & { readonly natsUrls: readonly string[] };
  /** The owner's name: a province's slug, or `zone`. */
  readonly own: string;
  /** Certificate shown to the broker, and the authority of its own. */
  readonly tls?: MutualTls | undefined;
  readonly log: Logger;
}

export interface Broker {
  readonly own: string;
  /** A connection by which the stream is there; waits for one. @throws PlatformError PEER_UNAVAILABLE after `patienceMs`, or at `end` */
  connection(patienceMs: number, end: AbortSignal): Promise<NatsConnection>;
  /** The most bytes of one message or reply, as the broker said when it was last reached. */
  readonly maxBytes: number;
  /** Makes the stream again where it was lost under a connection that holds. */
  mend(nc: NatsConnection): Promise<void>;
  close(): Promise<void>;
}

const timing = { connectMs: 5_000, firstPauseMs: 250, longestPauseMs: 5_000, pingMs: 10_000 };
/** A server's `max_payload` unless it says another: until it was reached for the first time. */
const usualPayload = 1_048_576;
/** Of the payload, what headers and the letter around a message may take. */
const aroundBytes = 1_024 + letterBytes;

/**
 * Keeps one connection to the broker. A connection lives once: when it breaks, for whatever reason, all that waits on it ends, and
 * another is made, ever more seldom, up to every five seconds. So nothing is written into a buffer that nobody empties, and what was
 * refused once (credentials, permissions, a missing stream) is tried again when somebody has mended it. Credentials are read anew
 * each time.
 */
export function connectBroker({ settings, own, tls, log }: BrokerOptions): Broker {
  let current: NatsConnection | undefined;
  let maxPayload = usualPayload;
  let closing = false;
  const waiting = new Set<() => void>();
  const wake = (): void => { for (const each of [...waiting]) each(); };
  const pause = new Bell();

  const open = async (): Promise<NatsConnection> => {
    const nc = await connect({
      servers: [...settings.natsUrls], name: `delta-${own}`, inboxPrefix: inboxPrefix(own), reconnect: false, timeout: timing.connectMs,
      pingInterval: timing.pingMs, maxPingOut: 2, noAsyncTraces: true,
      ...(settings.natsCredentialsFile === undefined ? {} : { authenticator: credsAuthenticator(await readFile(settings.natsCredentialsFile)) }),
      ...(tls ? { tls: { cert: tls.cert.toString(), key: tls.key.toString(), ca: tls.ca.toString() } } : {}),
    });
    try {
      await openStream(nc, settings.natsReplicas);
    } catch (error) {
      await nc.close();
      throw error;
    }
    return nc;
  };

  /** Until the connection breaks. What the broker refuses on it is logged once each: permissions, above all. */
  const watch = async (nc: NatsConnection): Promise<void> => {
    const told = new Set<string>();
    for await (const status of nc.status()) {
      if (status.type !== 'error' || told.has(status.error.message)) continue;
      told.add(status.error.message);
      log.warn({ code: 'EXCHANGE_BROKER', reason: status.error.message }, 'the broker refuses something');
    }
  };

  const run = async (): Promise<void> => {
    let failed = 0;
    while (!closing) {
      try {
        const nc = await open();
        if (closing) { await nc.close(); return; }
        maxPayload = nc.info?.max_payload ?? usualPayload;
        current = nc;
        failed = 0;
        log.info({ server: nc.getServer(), maxPayload }, 'the broker is reached');
        wake();
        watch(nc).catch(() => undefined);
        const error = await nc.closed();
        current = undefined;
        if (!closing) log.warn({ code: 'EXCHANGE_BROKER', reason: error === undefined ? 'the connection was closed' : String(error) }, 'the broker is lost');
      } catch (error) {
        failed += 1;
        if (failed === 1) log.warn({ code: 'EXCHANGE_BROKER', reason: String(error) }, 'the broker cannot be reached or used');
      }
      if (!closing) await pause.wait(Math.min(timing.firstPauseMs * 2 ** Math.min(failed, 5), timing.longestPauseMs));
    }
  };
  // Not waited for at the end: an attempt to connect takes up to five seconds, and closes itself.
  void run();

  return {
    own,
    get maxBytes() { return maxPayload - aroundBytes; },
    async connection(patienceMs, end) {
      for (const until = performance.now() + patienceMs; !closing && !end.aborted && performance.now() < until;) {
        if (current && !current.isClosed()) return current;
        await new Promise<void>((resolve) => {
          const go = (): void => { clearTimeout(timer); waiting.delete(go); end.removeEventListener('abort', go); resolve(); };
          const timer = setTimeout(go, until - performance.now());
          waiting.add(go);
          end.addEventListener('abort', go);
        });
      }
      throw new PlatformError('PEER_UNAVAILABLE');
    },
    mend: (nc) => openStream(nc, settings.natsReplicas),
    async close() {
      closing = true;
      pause.ring();
      wake();
      await current?.close();
    },
  };
}
