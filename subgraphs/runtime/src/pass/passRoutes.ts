import type { SubgraphServerOptions } from '@delta/service/subgraphServer';
import { PlatformError } from '@delta/schema/errors';
import type { BaseContext } from '@apollo/server';
import type { StatusPublisher } from './statusPublisher.js';

type Http = Parameters<NonNullable<SubgraphServerOptions<BaseContext>['routes']>>[0];

/**
 * `GET /pass/status/<kid>` and `GET /pass/known-issued/<kid>`, for stations and other provinces, through the province's proxy. They need
 * no signed context: each list is signed by itself. A status list may be kept for a second, so that a revocation is online within one.
 */
export function passRoutes(publisher: StatusPublisher): (http: Http) => void {
  const documents = [
    { path: '/pass/status/:kid', type: 'application/statuslist+cwt', maxAgeSeconds: 1, of: (kid: string) => publisher.status(kid) },
    { path: '/pass/known-issued/:kid', type: 'application/delta-known-issued+cbor', maxAgeSeconds: 60, of: (kid: string) => publisher.knownIssued(kid) },
  ];
  return (http) => {
    for (const { path, type, maxAgeSeconds, of } of documents) {
      http.get<{ Params: { kid: string } }>(path, { logLevel: 'debug' }, async (request, reply) => {
        const { kid } = request.params;
        const published = /^[0-9a-f]{16}$/.test(kid) ? await of(kid) : undefined;
        if (!published) throw new PlatformError('NOT_FOUND');
        const tag = `"${published.digest.toString('base64url')}"`;
        reply.headers({ 'etag': tag, 'cache-control': `public, max-age=${maxAgeSeconds}, must-revalidate`, 'repr-digest': `sha-256=:${published.digest.toString('base64')}:` });
        if (matches(request.headers['if-none-match'], tag)) return reply.code(304).send();
        return reply.type(type).send(Buffer.from(published.token));
      });
    }
  };
}

const matches = (header: string | undefined, tag: string): boolean =>
  header !== undefined && header.split(',').some((one) => one.trim().replace(/^W\//, '') === tag || one.trim() === '*');
