import { createCipheriv, createDecipheriv, createHmac, createPublicKey, createSecretKey, diffieHellman, generateKeyPairSync, hkdfSync, randomBytes, timingSafeEqual, type KeyObject } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { BoundedCache } from './boundedCache.js';
import { decode, encode, longestMessage, parseObject } from './jwt.js';
import { rawPublicKey } from './rawKey.js';

/**
 * A session spares the gateway and a subgraph a signature a request, as a resumed TLS session does. Its phases:
 *  1. The gateway puts a fresh X25519 public key into a signed context: it offers a session.
 *  2. The subgraph has verified that context. It answers with a fresh public key of its own and a ticket: the key on which the two
 *     agree, the time up to which it counts and the gateway's kid, sealed under a secret that all replicas of the subgraph
 *     derive from its signing key. So it keeps nothing, and whichever replica is asked next can open the ticket.
 *  3. The gateway proves its next contexts and their bodies by an HMAC under that key and sends the ticket along. Whatever the subgraph cannot
 *     open or does not find proven it refuses with `none`, and the gateway signs that context as it would have without a session.
 *
 * The answer that brings key and ticket is not signed, and need not be. Only the gateway can offer (its public key is under its
 * signature), and only the subgraph can seal (a ticket that it did not seal does not open). Who puts another key or ticket into
 * the answer makes the gateway compute a key that is not the one in any ticket, so the subgraph refuses and the gateway signs: it
 * costs a round trip, no more. What another then knows is a key that no subgraph takes. Who answers `none` to a request that was
 * carried out gains no second time: the gateway repeats it with the very same nonce and dates (context.ts).
 */
export const sessionHeader = 'x-delta-session';

/** A subgraph's word that it refuses a context for its session, and would look at a signed one. */
export const noSession = 'none';

/** How long a ticket counts. */
export const sessionSeconds = 300;

const prefix = 's1.';
const longestTicket = 1_024;

/** What the gateway keeps of a session. */
export interface ContextSession { readonly ticket: string; readonly key: KeyObject }

export interface SessionOffer {
  /** Goes into a signed context. */
  readonly publicKey: string;
  /** The session, from the answer's header; undefined where the header has not its form. */
  accept(header: string): ContextSession | undefined;
}

/** The gateway's side of phase 1, with a key pair that serves this one offer. */
export function offerSession(audience: string): SessionOffer {
  const pair = generateKeyPairSync('x25519');
  const publicKey = rawOf(pair.publicKey);
  return {
    publicKey,
    accept(header) {
      const [theirs = '', ticket = '', ...rest] = header.split('.');
      if (rest.length > 0 || ticket.length > longestTicket || !decode(ticket)?.length) return undefined;
      const key = agree(pair.privateKey, theirs, { offered: publicKey, answered: theirs, audience });
      return key && { ticket, key: createSecretKey(key) };
    },
  };
}

/** A context under a session: `s1.<claims>.<ticket>.<HMAC-SHA256 over all before the last point, that point, and the body>`. */
export function writeSessionContext({ ticket, key }: ContextSession, claims: JWTPayload, body: string | Buffer): string {
  const proven = `${prefix}${encode(claims)}.${ticket}.`;
  return proven + macOf(key, proven, body).toString('base64url');
}

export const isSessionContext = (token: string): boolean => token.startsWith(prefix);

export interface Tickets {
  /** The header's value that answers an offer; undefined for an offer that is no usable key. */
  issue(offered: string, kid: string, now: Date): string | undefined;
  /** The claims of a context of this very body under a session of ours, and the gateway's key that founded it; undefined for any other. */
  read(token: string, body: string | Buffer, now: Date): { readonly kid: string; readonly claims: JWTPayload } | undefined;
}

interface Opened { readonly key: KeyObject; readonly until: number; readonly kid: string }

/**
 * The subgraph's side.
 * @param secret 32 bytes that its replicas share and nobody else has
 */
export function createTickets(secret: Buffer, audience: string): Tickets {
  const bound = Buffer.from(`delta-context-ticket ${audience}`);
  // Only what was opened is kept, so strangers cannot fill it.
  const kept = new BoundedCache<string, Opened>(1_000);

  function seal(key: Buffer, until: number, kid: string): string {
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', secret, iv).setAAD(bound);
    const time = Buffer.alloc(6);
    time.writeUIntBE(until, 0, 6);
    return Buffer.concat([iv, cipher.update(Buffer.concat([key, time, Buffer.from(kid)])), cipher.final(), cipher.getAuthTag()]).toString('base64url');
  }

  function open(ticket: string): Opened | undefined {
    const known = kept.get(ticket);
    if (known) return known;
    const bytes = ticket.length <= longestTicket ? decode(ticket) : undefined;
    if (!bytes || bytes.length <= 12 + 32 + 6 + 16) return undefined;
    let content: Buffer;
    try {
      const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, 12), { authTagLength: 16 }).setAAD(bound).setAuthTag(bytes.subarray(-16));
      content = Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
    } catch {
      return undefined;
    }
    const opened = { key: createSecretKey(content.subarray(0, 32)), until: content.readUIntBE(32, 6), kid: content.toString('utf8', 38) };
    kept.set(ticket, opened);
    return opened;
  }

  return {
    issue(offered, kid, now) {
      const pair = generateKeyPairSync('x25519');
      const answered = rawOf(pair.publicKey);
      const key = agree(pair.privateKey, offered, { offered, answered, audience });
      return key && `${answered}.${seal(key, Math.floor(now.getTime() / 1000) + sessionSeconds, kid)}`;
    },
    read(token, body, now) {
      const parts = token.length <= longestMessage ? token.split('.') : [];
      if (parts.length !== 4 || !isSessionContext(token)) return undefined;
      const [, claims, ticket, mac] = parts as [string, string, string, string];
      const session = open(ticket);
      if (!session || session.until <= now.getTime() / 1000) return undefined;
      const [told, found] = [decode(mac), macOf(session.key, token.slice(0, token.lastIndexOf('.') + 1), body)];
      if (told?.length !== found.length || !timingSafeEqual(told, found)) return undefined;
      const bytes = decode(claims);
      const content = bytes && parseObject(bytes.toString('utf8'));
      return content && { kid: session.kid, claims: content };
    },
  };
}

/** No body can take over a part of what stands before it, which has its last point at a place of its own: four parts, none with a point. */
const macOf = (key: KeyObject, proven: string, body: string | Buffer): Buffer => createHmac('sha256', key).update(proven).update(body).digest();

const rawOf = (key: KeyObject): string => rawPublicKey(key).toString('base64url');

/** Both public keys go in, so that either side's view of the exchange is part of the key. */
function agree(own: KeyObject, theirs: string, { offered, answered, audience }: { readonly offered: string; readonly answered: string; readonly audience: string }): Buffer | undefined {
  if (decode(theirs)?.length !== 32) return undefined;
  try {
    const shared = diffieHellman({ privateKey: own, publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: theirs }, format: 'jwk' }) });
    return Buffer.from(hkdfSync('sha256', shared, `${offered}.${answered}`, `delta-context-session ${audience}`, 32));
  } catch {
    // A point of small order shares no secret.
    return undefined;
  }
}
