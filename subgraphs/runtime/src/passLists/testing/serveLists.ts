import { setStatus, signStatusList, statusBytes, type PassSigner } from '@delta/pass';
import { createHttpServer, type HttpServer } from '@delta/service/httpServer';
import type { Logger } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';
import { sendDocument } from '@delta/service/signedDocument';

/** Documents by their path; one that hangs is never answered. */
export type Published = Record<string, Uint8Array | 'hangs'>;

/** A real server that gives what is published at the time, and notes each path with the status of its answer. */
export function serveLists(log: Logger, published: () => Published, note: (line: string) => void): HttpServer {
  const web = createHttpServer({ name: 'web', log, metrics: createMetrics('web'), host: '127.0.0.1', port: 0, drainMs: 100, ready: () => Promise.resolve({ ok: true, checks: {} }) });
  web.fastify.get('/pass/*', async (request, reply) => {
    const bytes = published()[request.url];
    if (bytes === 'hangs') {
      note(`${request.url} hangs`);
      return new Promise(() => undefined);
    }
    const answer = bytes ? await sendDocument(request, reply, { bytes, type: 'application/cbor', maxAge: 900 }) : await reply.code(404).send({});
    note(`${request.url} ${reply.statusCode}`);
    return answer;
  });
  return web;
}

/** A province's status list of a hundred places. */
export const statusOf = (issuer: string, keys: { readonly pass: PassSigner; readonly status: PassSigner }, issuedAt: number, revoked: readonly number[] = []): Promise<Uint8Array> => {
  const bytes = statusBytes(100);
  for (const index of revoked) setStatus(bytes, index, 'revoked');
  return signStatusList({ issuer, kid: Buffer.from(keys.pass.kid).toString('hex'), issuedAt, bytes }, keys.status);
};
