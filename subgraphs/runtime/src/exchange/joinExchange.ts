import type { SubgraphServerOptions } from '@delta/service/subgraphServer';
import type { MutualTls } from '@delta/service/tls';
import type { BaseContext } from '@apollo/server';
import type { Queryable } from '../db/database.js';
import { createAnswer } from './answer.js';
import { exchangePath, httpTransport } from './httpTransport.js';
import { exchangeLimits } from './message.js';
import { overNats } from './nats/overNats.js';
import type { NatsSettings } from './nats/settings.js';
import { loadPeers, peersOf } from './peers.js';
import { sendEvents } from './sendEvents.js';
import type { ExchangeServices } from './services.js';
import { startExchange, type RunningExchange } from './startExchange.js';
import type { OutgoingEvent } from './types.js';

export interface JoinOptions extends ExchangeServices {
  /** The signed list of peers. Without it nobody is told and nobody is heard; what is written waits. */
  readonly peersFile: string | undefined;
  /** `fetch`, or one that shows a certificate. */
  readonly send: typeof fetch;
  /** The broker that carries messages in the place of HTTP, where one is named; the route answers all the same. */
  readonly nats?: NatsSettings;
  /** What the broker is shown, where connections are not plain. */
  readonly tls?: MutualTls | undefined;
}

/** A service's part in the exchange. */
export interface Joined {
  /** Routes of the service's server. */
  readonly routes: NonNullable<SubgraphServerOptions<BaseContext>['routes']>;
  /** Tells every peer the same, within the transaction that it is about. */
  tellAll(within: Queryable, event: Omit<OutgoingEvent, 'to'>, at: Date): Promise<void>;
  /** Begins to move events, once the service answers. */
  start(): RunningExchange;
}

/** @throws PlatformError CONFIGURATION_INVALID when the list of peers cannot be used */
export async function joinExchange({ peersFile, send, nats, tls, ...services }: JoinOptions): Promise<Joined> {
  const { signer, trust, log } = services;
  const peers = peersFile === undefined ? peersOf(signer.name, () => []) : await loadPeers(peersFile, { own: signer.name, trust, log });
  const answer = createAnswer(services, peers);
  return {
    routes: (http) => {
      http.post(exchangePath, { bodyLimit: exchangeLimits.bodyBytes, logLevel: 'debug' }, async (request, reply) =>
        reply.type('application/octet-stream').send(await answer(request.body as Buffer)));
    },
    async tellAll(within, event, at) {
      await sendEvents(within, services, (await peers.list()).map(({ name }) => ({ ...event, to: name })), at);
    },
    start() {
      if (nats?.natsUrls === undefined) return startExchange({ ...services, transport: httpTransport(peers, send) }, { peers });
      const wire = overNats({ settings: { ...nats, natsUrls: nats.natsUrls }, signer, trust, tls, log, peers, answer });
      const moving = startExchange({ ...services, transport: wire.transport }, { peers });
      return { stop: async () => { await moving.stop(); await wire.stop(); } };
    },
  };
}
