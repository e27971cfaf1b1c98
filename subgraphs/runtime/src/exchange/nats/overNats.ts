import type { Signer, Trust } from '@delta/service/keys';
import type { Peers } from '../peers.js';
import type { Answer, Transport } from '../transport.js';
import { connectBroker, type BrokerOptions } from './broker.js';
import { createLetters } from './letters.js';
import { listenNats } from './listenNats.js';
import { natsTransport } from './natsTransport.js';

export interface OverNats { readonly transport: Transport; stop(): Promise<void> }

export interface OverNatsOptions extends Omit<BrokerOptions, 'own'> {
  readonly signer: Signer;
  readonly trust: Trust;
  readonly peers: Peers;
  readonly answer: Answer;
  readonly timeoutMs?: number | undefined;
}

/** An owner's part in the exchange by a broker: asks its peers, and answers what they ask. */
export function overNats({ signer, trust, peers, answer, timeoutMs, ...options }: OverNatsOptions): OverNats {
  const broker = connectBroker({ ...options, own: signer.name });
  const letters = createLetters(signer, trust);
  const transport = natsTransport({ peers, broker, letters, timeoutMs });
  const listening = listenNats({ broker, letters, answer, log: options.log });
  return {
    transport,
    stop: async () => {
      await transport.close?.();
      await listening.stop();
      await broker.close();
    },
  };
}
