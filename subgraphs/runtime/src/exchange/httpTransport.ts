import { PlatformError } from '@delta/schema/errors';
import type { Peers } from './peers.js';
import type { Transport } from './transport.js';

/** Where a service takes the exchange's messages. */
export const exchangePath = '/exchange';

/**
 * Signed messages over HTTP, by mutual TLS where it is configured: one POST a message, whose answer is the reply.
 * @param send `fetch`, or one that shows a certificate
 */
export const httpTransport = (peers: Peers, send: typeof fetch = fetch, timeoutMs = 20_000): Transport => ({
  async ask(peer, message) {
    const known = await peers.find(peer);
    if (!known) throw new PlatformError('PEER_UNKNOWN');
    try {
      const answer = await send(new URL(exchangePath, known.url), {
        method: 'POST', body: message, signal: AbortSignal.timeout(timeoutMs), headers: { 'content-type': 'application/json' },
      });
      if (!answer.ok) {
        await answer.body?.cancel();
        throw new Error(`answered ${answer.status}`);
      }
      return Buffer.from(await answer.arrayBuffer());
    } catch (error) {
      throw new PlatformError('PEER_UNAVAILABLE', {}, error as Error);
    }
  },
});
