import { exchangePath, httpTransport, overNats, peersOf, type Answer, type Peer, type Transport } from '@delta/runtime/exchange/index';
import { createHttpServer } from '@delta/service/httpServer';
import { createSigner, createTrust, generateKeyPair } from '@delta/service/keys';
import { createLog } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';
import type { MutualTls } from '@delta/service/tls';

/** One owner's end of a transport under test. */
export interface End {
  readonly transport: Transport;
  stop(): Promise<void>;
}

/** A transport as the contract is held against it. */
export interface Wire {
  /** An owner that answers by `answer` from now on; who stopped may join again. @param timeoutMs how long it waits for answers */
  join(name: string, answer: Answer, timeoutMs?: number): Promise<End>;
}

const log = createLog('wire', { level: 'silent' });

/** Everybody knows of everybody: who is named here without an address was never met. */
const known = ['shanghai', 'jiangsu', 'zhejiang', 'anhui', 'zone'];

export function httpWire(): Wire {
  const ports = new Map<string, number>();
  const addresses = (): Peer[] => known.map((name) => ({ name, url: `http://127.0.0.1:${ports.get(name) ?? 1}` }));
  return { async join(name, answer, timeoutMs) {
    const http = createHttpServer({ name, log, metrics: createMetrics(name), host: '127.0.0.1', port: ports.get(name) ?? 0, ready: async () => ({ ok: true, checks: {} }), bodyLimit: 8 * 1024 * 1024, drainMs: 100 });
    http.fastify.post(exchangePath, async (request, reply) => reply.type('application/octet-stream').send(await answer(request.body as Buffer)));
    ports.set(name, (await http.listen()).port);
    const transport = httpTransport(peersOf(name, addresses), fetch, timeoutMs);
    return { transport, stop: async () => { await transport.close?.(); await http.drain(); } };
  } };
}

const keys = Object.fromEntries(await Promise.all(known.map(async (name) => [name, await generateKeyPair(name)] as const)));
const trust = await createTrust({ keys: Object.fromEntries(known.map((name) => [name, [keys[name]!.publicKey]])) });

/** @param more `tlsOf`: what each owner shows to the broker */
export const natsWire = (url: string, more: { readonly credentialsFile?: string; readonly tlsOf?: (owner: string) => Promise<MutualTls | undefined> } = {}): Wire => ({
  async join(name, answer, timeoutMs) {
    return overNats({
      signer: await createSigner(keys[name]!.privateKey), trust, log, answer, tls: await more.tlsOf?.(name), peers: peersOf(name, () => known.map((each) => ({ name: each, url: 'http://127.0.0.1:1' }))),
      settings: { natsUrls: [url], natsCredentialsFile: more.credentialsFile, natsReplicas: 1 }, timeoutMs,
    });
  },
});
