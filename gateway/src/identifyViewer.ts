import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import type { BearerVerifier } from '@delta/service/bearer';

export interface Identity {
  readonly viewer: Viewer | null;
  readonly bearer: string | undefined;
}

const form = /^Bearer +([\w~+/-]+\.[\w.~+/-]+=*) *$/i;

/**
 * Who asks, by the Authorization header; without one an anonymous visitor. No other header counts: a context that a client
 * sends is neither read nor passed on.
 * @throws PlatformError one of the TOKEN_ codes, ISSUER_UNAVAILABLE
 */
export async function identifyViewer(authorization: string | undefined, verifier: BearerVerifier): Promise<Identity> {
  if (authorization === undefined || authorization.trim() === '') return { viewer: null, bearer: undefined };
  const bearer = form.exec(authorization)?.[1];
  if (bearer === undefined) throw new PlatformError('TOKEN_MALFORMED');
  return { viewer: await verifier.verify(bearer), bearer };
}
