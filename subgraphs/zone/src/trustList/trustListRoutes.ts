import { createHash } from 'node:crypto';
import { PassRefusal, type Root } from '@delta/pass';
import { maxTrustList } from '@delta/pass/limits';
import type { Database } from '@delta/runtime/db/database';
import { PlatformError } from '@delta/schema/errors';
import type { Trust } from '@delta/service/keys';
import { sendDocument } from '@delta/service/signedDocument';
import type { SubgraphServerOptions } from '@delta/service/subgraphServer';
import type { ZoneContext } from '../context.js';
import { acceptTrustList } from './acceptTrustList.js';
import { newestTrustList } from './store.js';

export interface TrustListRoutesOptions { readonly db: Database; readonly trust: Trust; readonly roots: readonly Root[] | undefined; readonly now: () => Date }

export const trustListPath = '/pass/trust-list';
export const trustListType = 'application/delta-trustlist+cbor';

/** `typ` of what the zone's operator signs, with the zone's key, over the digest of a list (`dig`, SHA-256 in base64url). */
export const publicationType = 'delta-trust-list+jwt';

/** An emergency list should not wait behind a cache. */
const maxAge = 60;

/**
 * `GET /pass/trust-list` gives the list in force to anybody: it holds public keys and addresses. `POST` puts another into force;
 * who may is the zone's operator, whose command signs with the zone's key, and what may is for the roots to say.
 */
export function trustListRoutes({ db, trust, roots, now }: TrustListRoutesOptions): NonNullable<SubgraphServerOptions<ZoneContext>['routes']> {
  return (http) => {
    http.get(trustListPath, { logLevel: 'debug' }, async (request, reply) => {
      const list = await newestTrustList(db);
      if (!list) throw new PlatformError('NOT_FOUND', { message: 'No trust list was published yet.', remedy: 'Hold the ceremony (docker/CEREMONY.md).' });
      return sendDocument(request, reply, { bytes: list.signed, type: trustListType, maxAge });
    });
    if (roots === undefined) return;
    http.addContentTypeParser(trustListType, { parseAs: 'buffer' }, (_request, body, done) => { done(null, body); });
    // One byte more than a list may have, so that too large a one is refused by its own code.
    http.post(trustListPath, { bodyLimit: maxTrustList + 1 }, async (request, reply) => {
      const signed = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const claims = await trust.verify(String(request.headers['x-delta-signature']), { type: publicationType, issuer: 'zone', audience: 'zone' })
        .catch(() => { throw new PlatformError('SIGNATURE_INVALID'); });
      if (claims['dig'] !== createHash('sha256').update(signed).digest('base64url')) throw new PlatformError('SIGNATURE_INVALID');
      const { sequence, digest, expires } = await acceptTrustList({ db, roots, now }, signed).catch((error: unknown) => { throw error instanceof PassRefusal ? refused(error) : error; });
      return reply.send({ sequence, digest, expires });
    });
  };
}

const refused = ({ code, message, entry }: PassRefusal): PlatformError => new PlatformError('TRUST_LIST_REFUSED', { message: `${message} (${code})`, refusal: code, zh: entry.zh });
