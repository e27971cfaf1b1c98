import { isErrorCode, PlatformError, type ErrorCode } from '@delta/schema/errors';
import type { Peers } from './peers.js';
import type { Transport } from './transport.js';

/** Where a service takes the exchange's messages. */
export const exchangePath = '/exchange';

/**
 * Signed messages over HTTP, by mutual TLS where it is configured: one POST a message, whose answer is the reply.
 * @param send `fetch`, or one that shows a certificate
 */
export function httpTransport(peers: Peers, send: typeof fetch = fetch, timeoutMs = 20_000): Transport {
  const closing = new AbortController();
  return { close: async () => { closing.abort(); }, ask: async (peer, message) => {
    const known = await peers.find(peer);
    if (!known) throw new PlatformError('PEER_UNKNOWN');
    let answer: Response;
    let body: Buffer;
    try {
      answer = await send(new URL(exchangePath, known.url), {
        method: 'POST', body: message, signal: AbortSignal.any([closing.signal, AbortSignal.timeout(timeoutMs)]), headers: { 'content-type': 'application/json' },
      });
      body = Buffer.from(await answer.arrayBuffer());
    } catch (error) {
      throw new PlatformError('PEER_UNAVAILABLE', {}, error as Error);
    }
    if (answer.ok) return body;
    throw new PlatformError(refusalIn(answer.status, body) ?? 'PEER_UNAVAILABLE', {}, new Error(`answered ${answer.status}`));
  } };
}

/** The code of a message that was refused whole. Nobody has signed it: it says why to wait, and nothing is built on it. */
function refusalIn(status: number, body: Buffer): ErrorCode | undefined {
  if (status >= 500) return undefined;
  try {
    const { errors } = JSON.parse(body.toString()) as { errors?: { extensions?: { code?: unknown } }[] };
    const code = errors?.[0]?.extensions?.code;
    return isErrorCode(code) ? code : undefined;
  } catch {
    return undefined;
  }
}
