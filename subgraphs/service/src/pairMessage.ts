import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from 'node:crypto';
import { decode, encode, longestMessage, parseObject } from './jwt.js';
import { checkClaims, KeyError, type JWTPayload, type Signer, type SignOptions, type Trust, type VerifyOptions } from './keys.js';

/**
 * Messages from one service to one other that nobody else needs to verify, proven by the key that the two have in common
 * (pairKey.ts) in the place of a signature: a twentieth of its price. Who holds the receiver's private key could make one up,
 * so they suit receivers who gain nothing by that.
 *  1. The sender takes the receiver's one public key from the trust list. While there are two, as the receiver's key is being
 *     replaced, or none, it signs as for any other message.
 *  2. It names both keys, and writes HMAC-SHA256 under the pair's key for this type and this direction.
 *  3. The receiver takes only a message to the key that it holds itself, from a key that is trusted, and only then reads claims.
 */
export interface PairMessages {
  write(claims: JWTPayload, options: SignOptions): Promise<string>;
  /** The claims of a message that was proven or signed. @throws KeyError */
  read(message: string, options: Omit<VerifyOptions, 'audience' | 'record'>): Promise<JWTPayload>;
}

const prefix = 'p1.';

/** A service's own messages: `signer` is its key, `trust` whom it knows. */
export function createPairMessages(signer: Signer, trust: Trust): PairMessages {
  const keys = pairKeys(signer);
  return {
    async write(claims, options) {
      const { type, audience, expiresInSeconds, now = new Date() } = options;
      const [theirs, ...more] = await trust.keysOf?.(audience) ?? [];
      const pair = theirs && more.length === 0 ? await keys(theirs, `${type} ${signer.name} ${audience}`) : undefined;
      if (!theirs || !pair) return signer.sign(claims, options);
      const iat = Math.floor(now.getTime() / 1000);
      const proven = `${prefix}${encode({ ...claims, iss: signer.name, aud: audience, iat, exp: iat + expiresInSeconds })}.${pair.own}.${theirs.kid}`;
      return `${proven}.${macOf(pair.key, proven).toString('base64url')}`;
    },
    async read(message, { type, issuer, now = new Date() }) {
      if (!message.startsWith(prefix)) return trust.verify(message, { type, issuer, audience: signer.name, now });
      const parts = message.length <= longestMessage ? message.split('.') : [];
      const [, body = '', from = '', to = '', mac = ''] = parts;
      const told = decode(mac);
      if (parts.length !== 5 || told?.length !== 32) throw new KeyError('malformed');
      const theirs = (await trust.keysOf?.(issuer))?.find(({ kid }) => kid === from);
      const pair = theirs && await keys(theirs, `${type} ${issuer} ${signer.name}`);
      if (!pair || pair.own !== to || !timingSafeEqual(told, macOf(pair.key, message.slice(0, message.lastIndexOf('.'))))) throw new KeyError('signature');
      const bytes = decode(body);
      const claims = bytes && parseObject(bytes.toString('utf8'));
      if (!claims) throw new KeyError('malformed');
      checkClaims(claims, { issuer, audience: signer.name, now });
      return claims;
    },
  };
}

interface PairOf { /** Kid of the own key that went into it. */ readonly own: string; readonly key: KeyObject }

/** Each pair is computed once: there are as many as there are keys on the trust list. */
function pairKeys(signer: Signer): (theirs: { readonly kid: string; readonly key: KeyObject }, purpose: string) => Promise<PairOf | undefined> {
  const known = new Map<string, KeyObject>();
  return async (theirs, purpose) => {
    const own = await signer.pair?.();
    if (!own) return undefined;
    const name = `${own.kid} ${theirs.kid} ${purpose}`;
    let key = known.get(name);
    if (!key) {
      const agreed = own.with(theirs.key, purpose);
      if (!agreed) return undefined;
      known.set(name, key = createSecretKey(agreed));
    }
    return { own: own.kid, key };
  };
}

const macOf = (key: KeyObject, text: string): Buffer => createHmac('sha256', key).update(text).digest();
