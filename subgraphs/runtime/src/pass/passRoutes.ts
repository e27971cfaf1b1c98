import type { BaseContext } from '@apollo/server';
import { PlatformError } from '@delta/schema/errors';
import { sendDocument } from '@delta/service/signedDocument';
import type { SubgraphServerOptions } from '@delta/service/subgraphServer';
import type { StatusPublisher } from './statusPublisher.js';

/**
 * `GET /pass/status/<kid>` and `GET /pass/known-issued/<kid>`, for stations and other provinces, through the province's proxy. They need
 * no signed context: each list is signed by itself, the same for everybody, and tells of nobody. A status list is kept by no
 * cache without asking again, which costs 304 and no bytes: a revocation is online within a second.
 */
export function passRoutes(publisher: StatusPublisher): NonNullable<SubgraphServerOptions<BaseContext>['routes']> {
  const documents = [
    { path: '/pass/status/:kid', type: 'application/statuslist+cwt', maxAge: 0, of: (kid: string) => publisher.status(kid) },
    { path: '/pass/known-issued/:kid', type: 'application/delta-known-issued+cbor', maxAge: 60, of: (kid: string) => publisher.knownIssued(kid) },
  ];
  return (http) => {
    for (const { path, type, maxAge, of } of documents) {
      http.get<{ Params: { kid: string } }>(path, { logLevel: 'debug' }, async (request, reply) => {
        const { kid } = request.params;
        const token = /^[0-9a-f]{16}$/.test(kid) ? await of(kid) : undefined;
        if (!token) throw new PlatformError('NOT_FOUND');
        return sendDocument(request, reply, { bytes: token, type, maxAge });
      });
    }
  };
}
