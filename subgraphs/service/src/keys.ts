import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair as generateJoseKeyPair, type JWK, type JWTPayload } from 'jose';
import { PlatformError } from '@delta/schema/errors';
import { followFile } from './followFile.js';
import { readJwt, readLinkedJwt, writeJwt } from './jwt.js';
import type { Logger } from './log.js';
import { pairKey } from './pairKey.js';

export type { JWK, JWTPayload } from 'jose';

/** Every signature between services is Ed25519, and no header can say otherwise. */
const algorithm = 'EdDSA';

/** How far two machines' clocks may lie apart. */
const toleranceSeconds = 5;

export type KeyErrorReason = 'expired' | 'signature' | 'audience' | 'malformed' | 'issuer';

/** A signed message between services does not verify. Callers map `reason` to a code of their own. */
export class KeyError extends Error {
  constructor(readonly reason: KeyErrorReason) { super(`a signed message was refused: ${reason}`); }
}

export interface SignOptions {
  /** `typ` of the header, which keeps one kind of message from being taken for another. */
  readonly type: string;
  /** Name of the one service it is meant for. */
  readonly audience: string;
  readonly expiresInSeconds: number;
  /** The moment that it bears; default now. */
  readonly now?: Date;
}

export interface Signer {
  /** The service's name, which becomes `iss`. */
  readonly name: string;
  readonly kid: string;
  /** Signs claims as a compact JWT and adds `iss`, `aud`, `iat` and `exp`. */
  sign(claims: JWTPayload, options: SignOptions): Promise<string>;
  /**
   * 32 bytes for one purpose that whoever holds the private key can derive and nobody else: the same in every replica, others
   * after the key was replaced. The same Buffer as long as the key is the same.
   */
  secret?(purpose: string): Promise<Buffer>;
  /** The key in use, and what it has in common with another service's for one purpose (pairKey.ts). */
  pair?(): Promise<{ readonly kid: string; with(theirs: KeyObject, purpose: string): Buffer | undefined }>;
}

export interface VerifyOptions {
  readonly type: string;
  /** Name of the service that must have signed. */
  readonly issuer: string;
  readonly audience: string;
  /** The moment to judge by; default now. */
  readonly now?: Date;
  /** Accepts keys that were retired since, for what they signed before. For records that are kept, never for requests. */
  readonly record?: boolean;
}

export interface Trust {
  /** The claims of a message that one of the issuer's keys signed. @throws KeyError */
  verify(token: string, options: VerifyOptions): Promise<JWTPayload>;
  /** Whether that key of the issuer is good for requests. */
  trusts(issuer: string, kid: string): Promise<boolean>;
  /** The service's public keys that are good for requests. */
  keysOf?(name: string): Promise<readonly { readonly kid: string; readonly key: KeyObject }[]>;
}

/** A public key that signs no more: what it signed up to `retired` (seconds since 1970) can still be verified as a record. */
export type RetiredKey = JWK & { readonly retired: number };

export interface TrustFile {
  /** Public keys by service name. Several a name, so that a key can be replaced without a pause. */
  readonly keys: Readonly<Record<string, readonly JWK[]>>;
  readonly retired?: Readonly<Record<string, readonly RetiredKey[]>>;
}

/** A fresh key pair: the private JWK for the key file, the public one for the trust file. */
export async function generateKeyPair(name: string): Promise<{ privateKey: JWK; publicKey: JWK }> {
  const pair = await generateJoseKeyPair(algorithm, { crv: 'Ed25519', extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const shared = { kid: `${name}-${(await calculateJwkThumbprint(publicJwk)).slice(0, 12)}`, alg: algorithm, use: 'sig' };
  return { privateKey: { ...(await exportJWK(pair.privateKey)), ...shared }, publicKey: { ...publicJwk, ...shared } };
}

/**
 * A signer from a private JWK with `kid`. Unless given, its name is what stands before the first hyphen of the kid.
 * @throws PlatformError CONFIGURATION_INVALID for anything but an Ed25519 private key with `kid`
 */
export async function createSigner(jwk: JWK, name?: string): Promise<Signer> {
  const key = signingKeyOf(jwk, name);
  return signerOf(key, () => key);
}

/**
 * The signer of a service's private key file. A key that replaces it is used from the next second on.
 * @throws PlatformError CONFIGURATION_INVALID
 */
export async function loadSigner(path: string, log?: Logger): Promise<Signer> {
  const current = await followFile<SigningKey>(path, { log, read: (text, before) => {
    const key = signingKeyOf(parseObject(text, path) as JWK);
    if (before && key.name !== before.name) throw unusable(`${path} holds a key of another service`);
    return key;
  } });
  return signerOf(await current(), current);
}

interface SigningKey { readonly name: string; readonly kid: string; readonly key: KeyObject; readonly secret: (purpose: string) => Buffer }

function signingKeyOf(jwk: JWK, name?: string): SigningKey {
  const { kid } = jwk;
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || typeof jwk.d !== 'string' || typeof kid !== 'string' || !kid) throw unusable('The signing key must be a private Ed25519 JWK with `kid`');
  const issuer = name ?? kid.slice(0, Math.max(kid.indexOf('-'), 0));
  if (!issuer) throw unusable('The signing key\'s `kid` must begin with the service\'s name and a hyphen');
  try {
    return { name: issuer, kid, key: createPrivateKey({ key: { ...jwk }, format: 'jwk' }), secret: secretsOf(Buffer.from(jwk.d, 'base64url')) };
  } catch {
    throw unusable('The signing key is no usable Ed25519 key');
  }
}

/** HKDF keeps what it derives apart from what Ed25519 makes of the same private key. */
function secretsOf(privateKey: Buffer): (purpose: string) => Buffer {
  const derived = new Map<string, Buffer>();
  return (purpose) => {
    const secret = derived.get(purpose) ?? Buffer.from(hkdfSync('sha256', privateKey, '', purpose, 32));
    derived.set(purpose, secret);
    return secret;
  };
}

function signerOf(first: SigningKey, current: () => SigningKey | Promise<SigningKey>): Signer {
  let { kid } = first;
  return {
    name: first.name,
    get kid() { return kid; },
    async sign(claims, { type, audience, expiresInSeconds, now = new Date() }) {
      const used = await current();
      kid = used.kid;
      const iat = Math.floor(now.getTime() / 1000);
      // Not spread: an object so made is slow to write as JSON, which costs a fifth of a signature.
      return writeJwt(used.key, { kid, typ: type }, Object.assign({}, claims, { iss: used.name, aud: audience, iat, exp: iat + expiresInSeconds }));
    },
    secret: async (purpose) => (await current()).secret(purpose),
    async pair() {
      const { kid: own, key } = await current();
      return { kid: own, with: (theirs, purpose) => pairKey(key, theirs, purpose) };
    },
  };
}

/** @throws PlatformError CONFIGURATION_INVALID for key material that cannot be used */
export async function createTrust(file: TrustFile): Promise<Trust> {
  const known = trustedKeys(file);
  return trustOf(() => known);
}

/**
 * The list of public keys that services trust. What is added to it or taken out counts from the next second on.
 * @throws PlatformError CONFIGURATION_INVALID
 */
export const loadTrust = async (path: string, log?: Logger): Promise<Trust> => trustOf(await followFile<TrustedKeys>(path, { log, read: (text) => {
  const content = parseObject(text, path);
  if (!('keys' in content) || typeof content.keys !== 'object' || content.keys === null) throw unusable(`${path} is no trust list`);
  return trustedKeys(content as TrustFile);
} }));

interface TrustedKey { readonly key: KeyObject; /** Seconds since 1970; undefined while it signs. */ readonly retired?: number }
type TrustedKeys = ReadonlyMap<string, ReadonlyMap<string, TrustedKey>>;

function trustedKeys({ keys, retired = {} }: TrustFile): TrustedKeys {
  const names = new Set([...Object.keys(keys), ...Object.keys(retired)]);
  return new Map([...names].map((name) => {
    const [past, present] = [listOf(retired, name), listOf(keys, name)];
    if (past.some((jwk) => !Number.isInteger(jwk.retired))) throw unusable(`The trust list does not say when a key of ${name} was retired`);
    return [name, new Map([
      ...past.map((jwk): [string, TrustedKey] => [jwk.kid ?? '', { key: publicKeyOf(jwk, name), retired: jwk.retired }]),
      ...present.map((jwk): [string, TrustedKey] => [jwk.kid ?? '', { key: publicKeyOf(jwk, name) }]),
    ])];
  }));
}

function listOf<K extends JWK>(keys: Readonly<Record<string, readonly K[]>>, name: string): readonly K[] {
  const list = Object.hasOwn(keys, name) ? keys[name] : [];
  if (!Array.isArray(list)) throw unusable(`The trust list's keys of ${name} must be an array`);
  return list;
}

function publicKeyOf(jwk: JWK, name: string): KeyObject {
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || typeof jwk.kid !== 'string' || !jwk.kid) throw unusable(`The trust list's keys of ${name} must be Ed25519 JWKs with \`kid\``);
  if (jwk.d !== undefined) throw unusable(`The trust list holds a private key of ${name}`);
  try {
    return createPublicKey({ key: { kty: jwk.kty, crv: jwk.crv, x: jwk.x! }, format: 'jwk' });
  } catch {
    throw unusable(`The trust list holds a key of ${name} that is no usable Ed25519 key`);
  }
}

function trustOf(current: () => TrustedKeys | Promise<TrustedKeys>): Trust {
  return {
    async verify(token, { type, issuer, audience, now = new Date(), record = false }) {
      const own = (await current()).get(issuer);
      if (!own) throw new KeyError('issuer');
      let signedWith: TrustedKey | undefined;
      const message = readJwt(token, ({ kid }) => {
        signedWith = own.get(kid);
        return signedWith && (record || signedWith.retired === undefined) ? signedWith.key : undefined;
      });
      if (typeof message === 'string') throw new KeyError(message);
      const { typ, claims } = message;
      if (typ !== type) throw new KeyError('malformed');
      const iat = checkClaims(claims, { issuer, audience, now });
      if (signedWith?.retired !== undefined && iat > signedWith.retired) throw new KeyError('signature');
      return claims;
    },
    async trusts(issuer, kid) {
      const key = (await current()).get(issuer)?.get(kid);
      return key !== undefined && key.retired === undefined;
    },
    async keysOf(name) {
      return [...(await current()).get(name) ?? []].flatMap(([kid, { key, retired }]) => (retired === undefined ? [{ kid, key }] : []));
    },
  };
}

/**
 * The claims of a message that a verified one proves by naming its hash, as in a chain: who signed that one stands for this one too.
 * @throws KeyError
 */
export function readLinked(token: string, { type, issuer, audience, now = new Date() }: Omit<VerifyOptions, 'record'>): JWTPayload {
  const message = readLinkedJwt(token);
  if (typeof message === 'string') throw new KeyError(message);
  if (message.typ !== type) throw new KeyError('malformed');
  checkClaims(message.claims, { issuer, audience, now });
  return message.claims;
}

/**
 * What holds of every message between services, however it is proven: who it is from and for, and when.
 * @returns its `iat`
 * @throws KeyError
 */
export function checkClaims({ iss, aud, iat, exp, nbf }: JWTPayload, { issuer, audience, now }: { readonly issuer: string; readonly audience: string; readonly now: Date }): number {
  if (!isTime(iat) || !isTime(exp) || nbf !== undefined) throw new KeyError('malformed');
  if (iss !== issuer) throw new KeyError('issuer');
  if (aud !== audience) throw new KeyError('audience');
  const seconds = Math.floor(now.getTime() / 1000);
  // From the future as well: what is dated ahead would outlive the memory of its nonce.
  if (exp <= seconds - toleranceSeconds || iat > seconds + toleranceSeconds) throw new KeyError('expired');
  return iat;
}

const isTime = (value: unknown): value is number => Number.isSafeInteger(value);

function parseObject(text: string, path: string): object {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw unusable(`${path} cannot be read as JSON`);
  }
  if (typeof content !== 'object' || content === null) throw unusable(`${path} holds no JSON object`);
  return content;
}

const unusable = (message: string): PlatformError => new PlatformError('CONFIGURATION_INVALID', { message: `${message}.` });
