import { readReply, writeMessage, type Message, type Reply } from './message.js';
import type { SenderServices } from './services.js';

/** Asks a peer, and takes only its own signed reply to this message. @throws PlatformError PEER_UNAVAILABLE, SIGNATURE_INVALID, EXCHANGE_MALFORMED */
export async function askPeer({ signer, trust, transport }: Pick<SenderServices, 'signer' | 'trust' | 'transport'>, peer: string, message: Message): Promise<Reply> {
  const bytes = await writeMessage(signer, peer, message);
  return readReply(trust, signer.name, peer, await transport.ask(peer, bytes), bytes);
}
