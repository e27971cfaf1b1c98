import type { Peers } from '../peers.js';
import type { Answer, Transport } from '../transport.js';
import { connectBroker, type BrokerOptions } from './broker.js';
import { listenNats } from './listenNats.js';
import { natsTransport } from './natsTransport.js';

export interface OverNats { readonly transport: Transport; stop(): Promise<void> }

/** An owner's part in the exchange by a broker: asks its peers, and answers what they ask. */
export function overNats(options: BrokerOptions & { readonly peers: Peers; readonly answer: Answer; readonly timeoutMs?: number }): OverNats {
  const broker = connectBroker(options);
  const transport = natsTransport(options.peers, broker, options.timeoutMs);
  const listening = listenNats(broker, options.answer, options.log);
  return {
    transport,
    stop: async () => {
      await transport.close?.();
      await listening.stop();
      await broker.close();
    },
  };
}
