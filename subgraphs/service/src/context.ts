import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { PlatformError } from '@delta/schema/errors';
import { isRole, type Viewer } from '@delta/schema/viewer';
import type { Signer, Trust } from './keys.js';

/**
 * The gateway tells a subgraph who asks by a context signed for that one subgraph. Its phases:
 *  1. The gateway signs audience, viewer, request id, the SHA-256 of the exact body, and a nonce; it lives 30 seconds.
 *  2. The subgraph verifies signature, issuer, audience and expiry, before it reads any claim.
 *  3. It compares the digest with the body it received, so that the context serves no other document and no other variables.
 *  4. It refuses a nonce it has seen, so that nobody repeats the request. Nonces are remembered per process here; what discloses
 *     or changes something hands the nonce on to the owner's database, where replicas share it.
 */
export const contextHeader = 'x-delta-context';

const type = 'delta-context+jwt';
const lifeSeconds = 30;

export interface ContextToSign {
  /** The one subgraph that may accept it. */
  readonly audience: string;
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** The request body, byte for byte. */
  readonly body: string | Buffer;
}

export interface SignedContext {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Names this one context. Whoever records an act of it claims the nonce, so that replicas of a subgraph admit it once together. */
  readonly nonce: string;
}

const digestOf = (body: string | Buffer): string => createHash('sha256').update(body).digest('base64url');

/** The value of the `x-delta-context` header for one request to one subgraph. */
export const signContext = (signer: Signer, { audience, viewer, requestId, body }: ContextToSign): Promise<string> =>
  signer.sign({ vwr: viewer, req: requestId, dig: digestOf(body), jti: randomUUID() }, { type, audience, expiresInSeconds: lifeSeconds });

export interface ContextVerifierOptions {
  readonly trust: Trust;
  /** Name of the subgraph that verifies. */
  readonly audience: string;
  /** Name of the gateway's key. */
  readonly issuer?: string;
  readonly now?: () => Date;
  /** Nonces remembered at most; past it requests are refused rather than let through unchecked. Default one million. */
  readonly nonceLimit?: number;
}

export interface ContextVerifier {
  /** @throws PlatformError CONTEXT_REFUSED, with the reason for the log alone as its cause */
  verify(token: string | undefined, body: string | Buffer): Promise<SignedContext>;
}

export function createContextVerifier({ trust, audience, issuer = 'gateway', now = () => new Date(), nonceLimit = 1_000_000 }: ContextVerifierOptions): ContextVerifier {
  const seen = nonces(nonceLimit, now);
  return {
    async verify(token, body) {
      if (token === undefined) throw refusal('no context');
      const moment = now();
      const claims = await trust.verify(token, { type, issuer, audience, now: moment }).catch((error: unknown) => { throw refusal(error instanceof Error ? error.message : 'not verified'); });
      const { vwr, req, dig, jti, exp, iat } = claims;
      if (typeof req !== 'string' || typeof dig !== 'string' || typeof jti !== 'string' || jti.length < 16 || jti.length > 64 || !isViewer(vwr)) throw refusal('claims are missing');
      if (exp! - iat! > lifeSeconds) throw refusal('it lives too long');
      const [told, found] = [Buffer.from(dig), Buffer.from(digestOf(body))];
      if (told.length !== found.length || !timingSafeEqual(told, found)) throw refusal('the body is another');
      if (!seen.admit(jti)) throw refusal('it was used before');
      return { viewer: vwr, requestId: req, nonce: jti };
    },
  };
}

const refusal = (reason: string): PlatformError => new PlatformError('CONTEXT_REFUSED', {}, new Error(`context refused: ${reason}`));

function isViewer(value: unknown): value is Viewer | null {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  const { issuer, subject, role, province, organization, member } = value as Record<string, unknown>;
  const nullable = [province, organization, member].every((field) => field === null || typeof field === 'string');
  return typeof issuer === 'string' && typeof subject === 'string' && isRole(role) && nullable;
}

/**
 * Remembers nonces for at least as long as a context can be accepted (its life and the clock tolerance, both ways), in two
 * generations that take turns: no timer, no entry to sweep.
 */
function nonces(limit: number, now: () => Date): { admit(nonce: string): boolean } {
  const generationMs = (lifeSeconds + 2 * 5) * 1000;
  let [current, previous] = [new Set<string>(), new Set<string>()];
  let started = now().getTime();
  return {
    admit(nonce) {
      const age = now().getTime() - started;
      if (age >= generationMs) {
        previous = age >= 2 * generationMs ? new Set() : current;
        current = new Set();
        started = now().getTime();
      }
      if (current.has(nonce) || previous.has(nonce) || current.size + previous.size >= limit) return false;
      current.add(nonce);
      return true;
    },
  };
}
