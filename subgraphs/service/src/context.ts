import { createHash, randomUUID, timingSafeEqual } from 'node:crypto';
import { PlatformError } from '@delta/schema/errors';
import { isRole, type Viewer } from '@delta/schema/viewer';
import { createTickets, isSessionContext, writeSessionContext, type ContextSession, type Tickets } from './contextSession.js';
import { kidOf } from './jwt.js';
import { checkClaims, type JWTPayload, type Signer, type Trust } from './keys.js';

/**
 * The gateway tells a subgraph who asks by a context signed for that one subgraph. Its phases:
 *  1. The gateway signs audience, viewer, request id, the SHA-256 of the exact body, and a nonce; it lives 30 seconds.
 *  2. The subgraph verifies signature, issuer, audience and expiry, before it reads any claim.
 *  3. It compares the digest with the body it received, so that the context serves no other document and no other variables.
 *  4. It refuses a nonce it has seen, so that nobody repeats the request. Nonces are remembered per process here; what discloses
 *     or changes something hands the nonce on to the owner's database, where replicas share it.
 * Once both agreed on a session (contextSession.ts) the same claims and the body are proven by its key instead of a signature and a
 * digest. Everything else is checked alike, and a signed context counts at any time.
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
  /** Default a fresh one. Who proves a request anew gives the nonce and the moment that it had, so that it counts once. */
  readonly nonce?: string;
  readonly moment?: Date;
  /** A public key that offers a session. */
  readonly offer?: string;
}

export interface SignedContext {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** Names this one context. Whoever records an act of it claims the nonce, so that replicas of a subgraph admit it once together. */
  readonly nonce: string;
}

const digestOf = (body: string | Buffer): string => createHash('sha256').update(body).digest('base64url');

/** The value of the `x-delta-context` header for one request to one subgraph. */
export const signContext = (signer: Signer, context: ContextToSign): Promise<string> => {
  const { audience, moment = new Date(), offer } = context;
  return signer.sign({ ...claimsOf(context), dig: digestOf(context.body), ...(offer === undefined ? {} : { epk: offer }) }, { type, audience, expiresInSeconds: lifeSeconds, now: moment });
};

/** The same header's value, proven by a session. */
export function sealContext(session: ContextSession, issuer: string, context: ContextToSign): string {
  const { audience, moment = new Date() } = context;
  const iat = Math.floor(moment.getTime() / 1000);
  return writeSessionContext(session, { ...claimsOf(context), iss: issuer, aud: audience, iat, exp: iat + lifeSeconds }, context.body);
}

const claimsOf = ({ viewer, requestId, nonce = randomUUID() }: ContextToSign): JWTPayload => ({ vwr: viewer, req: requestId, jti: nonce });

export interface ContextVerifierOptions {
  readonly trust: Trust;
  /** The subgraph's own signer, whose key seals sessions. Without it, or without a secret of its, there are none. */
  readonly signer?: Signer;
  /** Name of the subgraph that verifies. */
  readonly audience: string;
  /** Name of the gateway's key. */
  readonly issuer?: string;
  readonly now?: () => Date;
  /** Nonces remembered at most; past it requests are refused rather than let through unchecked. Default one million. */
  readonly nonceLimit?: number;
}

export interface VerifiedContext extends SignedContext {
  /** Goes into the answer's `x-delta-session` header, where a session was offered. */
  readonly session?: string;
}

export interface ContextVerifier {
  /** @throws PlatformError CONTEXT_REFUSED, with the reason for the log alone as its cause: a SessionRefused for what a signed context could mend */
  verify(token: string | undefined, body: string | Buffer): Promise<VerifiedContext>;
}

/** A session that does not count, or does not prove its context. Nothing of the context was looked at. */
export class SessionRefused extends Error {
  constructor() { super('context refused: no session of ours, or none any more'); }
}

export function createContextVerifier({ trust, signer, audience, issuer = 'gateway', now = () => new Date(), nonceLimit = 1_000_000 }: ContextVerifierOptions): ContextVerifier {
  const seen = nonces(nonceLimit, now);
  const currentTickets = ticketsOf(signer, audience);

  /** Claims that the gateway's signature proves, for the body whose digest is among them. */
  async function signed(token: string, body: string | Buffer, moment: Date): Promise<JWTPayload> {
    const claims = await trust.verify(token, { type, issuer, audience, now: moment });
    const [told, found] = [Buffer.from(String(claims['dig'])), Buffer.from(digestOf(body))];
    if (told.length !== found.length || !timingSafeEqual(told, found)) throw new Error('context refused: the body is another');
    return claims;
  }

  /** Claims that a session proves together with the body, as long as the gateway's key that founded it is trusted. */
  async function underSession(token: string, body: string | Buffer, moment: Date): Promise<JWTPayload> {
    const found = (await currentTickets())?.read(token, body, moment);
    if (!found || !(await trust.trusts(issuer, found.kid))) throw new SessionRefused();
    checkClaims(found.claims, { issuer, audience, now: moment });
    return found.claims;
  }

  /** What holds of claims however they were proven. */
  function admit({ vwr, req, jti, exp, iat }: JWTPayload): SignedContext {
    if (typeof req !== 'string' || typeof jti !== 'string' || jti.length < 16 || jti.length > 64 || !isViewer(vwr)) throw refusal('claims are missing');
    if (exp! - iat! > lifeSeconds) throw refusal('it lives too long');
    if (!seen.admit(jti)) throw refusal('it was used before');
    return { viewer: vwr, requestId: req, nonce: jti };
  }

  return {
    async verify(token, body) {
      if (token === undefined) throw refusal('no context');
      const moment = now();
      const prove = isSessionContext(token) ? underSession : signed;
      const claims = await prove(token, body, moment).catch((error: unknown) => {
        throw error instanceof SessionRefused ? new PlatformError('CONTEXT_REFUSED', {}, error) : refusal(error instanceof Error ? error.message : 'not verified');
      });
      const context = admit(claims);
      const { epk } = claims;
      if (typeof epk !== 'string' || prove === underSession) return context;
      const kid = kidOf(token);
      const session = typeof kid === 'string' ? (await currentTickets())?.issue(epk, kid, moment) : undefined;
      return { ...context, ...(session === undefined ? {} : { session }) };
    },
  };
}

/** Tickets under the secret of the key in use: those of a key that was replaced are void. */
function ticketsOf(signer: Signer | undefined, audience: string): () => Promise<Tickets | undefined> {
  let current: { readonly secret: Buffer; readonly tickets: Tickets } | undefined;
  return async () => {
    const secret = await signer?.secret?.('delta-context-ticket');
    if (!secret) return undefined;
    if (current?.secret !== secret) current = { secret, tickets: createTickets(secret, audience) };
    return current.tickets;
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
