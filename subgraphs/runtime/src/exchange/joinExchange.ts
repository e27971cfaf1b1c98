import type { SubgraphServerOptions } from '@delta/service/subgraphServer';
import type { Metrics } from '@delta/service/metrics';
import type { MutualTls } from '@delta/service/tls';
import type { BaseContext } from '@apollo/server';
import type { Transaction } from '../db/database.js';
import { createAnswer } from './answer.js';
import { exchangePath, httpTransport } from './httpTransport.js';
import { exchangeLimits } from './message.js';
import { exchangeMetrics } from './metrics.js';
import { overNats } from './nats/overNats.js';
import type { NatsSettings } from './nats/settings.js';
import { loadPeers, peersOf, type Peers } from './peers.js';
import { sendEvents } from './sendEvents.js';
import type { ExchangeServices, SenderServices } from './services.js';
import { startExchange, type RunningExchange } from './startExchange.js';
import type { OutgoingEvent } from './types.js';

export interface JoinOptions extends Omit<ExchangeServices, 'counts'> {
  /** The signed list of peers. Without it nobody is told and nobody is heard; what is written waits. */
  readonly peersFile: string | undefined;
  /** `fetch`, or one that shows a certificate. */
  readonly send: typeof fetch;
  readonly metrics: Metrics;
  /** The broker that carries messages in the place of HTTP, where one is named; the route answers all the same. */
  readonly nats?: NatsSettings;
  /** Whether this process moves events; if it does not, another replica of the owner has to. */
  readonly relay?: 'here' | 'elsewhere';
  /** What the broker is shown, where connections are not plain. */
  readonly tls?: MutualTls | undefined;
}

/** A service's part in the exchange. */
export interface Joined {
  /** Whom events are exchanged with. */
  readonly peers: Peers;
  /** What the exchange works with: for the verbs of operators. */
  readonly services: SenderServices;
  /** Routes of the service's server. */
  readonly routes: NonNullable<SubgraphServerOptions<BaseContext>['routes']>;
  /** Tells peers, within the transaction that it is about. */
  tell(within: Transaction, events: readonly OutgoingEvent[], at: Date): Promise<unknown>;
  /** Whether the list of peers names it. */
  knows(peer: string): Promise<boolean>;
  /** Tells every peer the same, within the transaction that it is about. */
  tellAll(within: Transaction, event: Omit<OutgoingEvent, 'to'>, at: Date): Promise<void>;
  /** Begins to move events, once the service answers; unless they are moved elsewhere. */
  start(): RunningExchange;
}

/** @throws PlatformError CONFIGURATION_INVALID when the list of peers cannot be used */
export async function joinExchange({ peersFile, send, metrics, nats, relay = 'here', tls, ...given }: JoinOptions): Promise<Joined> {
  const { signer, trust, log, db, now } = given;
  const peers = peersFile === undefined ? peersOf(signer.name, () => []) : await loadPeers(peersFile, { own: signer.name, trust, log });
  const services: SenderServices = { ...given, transport: httpTransport(peers, send), counts: exchangeMetrics(metrics, { db, peers, now }) };
  const answer = createAnswer(services, peers);
  return {
    peers, services,
    routes: (http) => {
      http.post(exchangePath, { bodyLimit: exchangeLimits.bodyBytes, logLevel: 'debug' }, async (request, reply) =>
        reply.type('application/octet-stream').send(await answer(request.body as Buffer)));
    },
    tell: (within, events, at) => sendEvents(within, services, events, at),
    knows: async (peer) => (await peers.find(peer)) !== undefined,
    async tellAll(within, event, at) {
      await sendEvents(within, services, (await peers.list()).map(({ name }) => ({ ...event, to: name })), at);
    },
    start() {
      if (relay === 'elsewhere') {
        log.info('events are moved by another replica, which has to run: DELTA_EXCHANGE_RELAY is elsewhere');
        return { stop: async () => undefined };
      }
      if (nats?.natsUrls === undefined) return startExchange({ ...services, transport: httpTransport(peers, send) }, { peers });
      const wire = overNats({ settings: { ...nats, natsUrls: nats.natsUrls }, signer, trust, tls, log, peers, answer });
      const moving = startExchange({ ...services, transport: wire.transport }, { peers });
      return { stop: async () => { await moving.stop(); await wire.stop(); } };
    },
  };
}
