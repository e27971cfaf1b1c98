import { readFile } from 'node:fs/promises';
import {
  SignJWT, calculateJwkThumbprint, errors, exportJWK, generateKeyPair as generateJoseKeyPair, importJWK, jwtVerify,
  type CryptoKey, type JWK, type JWTPayload,
} from 'jose';
import { PlatformError } from '@delta/schema/errors';

export type { JWK, JWTPayload } from 'jose';

/** Every signature between services is Ed25519, and no header can say otherwise. */
const algorithm = 'EdDSA';

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
}

export interface Signer {
  /** The service's name, which becomes `iss`. */
  readonly name: string;
  readonly kid: string;
  /** Signs claims as a compact JWT and adds `iss`, `aud`, `iat` and `exp`. */
  sign(claims: JWTPayload, options: SignOptions): Promise<string>;
}

export interface VerifyOptions {
  readonly type: string;
  /** Name of the service that must have signed. */
  readonly issuer: string;
  readonly audience: string;
  /** The moment to judge by; default now. */
  readonly now?: Date;
}

export interface Trust {
  /** The claims of a message that one of the issuer's keys signed. @throws KeyError */
  verify(token: string, options: VerifyOptions): Promise<JWTPayload>;
}

/** Public keys by service name. Several a name, so that a key can be replaced without a pause. */
export interface TrustFile { readonly keys: Readonly<Record<string, readonly JWK[]>> }

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
  const { kid } = jwk;
  if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || jwk.d === undefined || !kid) throw unusable('The signing key must be a private Ed25519 JWK with `kid`');
  const issuer = name ?? kid.slice(0, Math.max(kid.indexOf('-'), 0));
  if (!issuer) throw unusable('The signing key\'s `kid` must begin with the service\'s name and a hyphen');
  const key = await importJWK({ ...jwk, alg: algorithm }, algorithm);
  return {
    name: issuer,
    kid,
    sign: (claims, { type, audience, expiresInSeconds }) => {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid, typ: type })
        .setIssuer(issuer).setAudience(audience).setIssuedAt(now).setExpirationTime(now + expiresInSeconds).sign(key);
    },
  };
}

/** @throws PlatformError CONFIGURATION_INVALID for key material that cannot be used */
export async function createTrust({ keys }: TrustFile): Promise<Trust> {
  const known = new Map<string, Map<string, CryptoKey | Uint8Array>>();
  for (const [name, jwks] of Object.entries(keys)) {
    const entries = jwks.map(async (jwk): Promise<[string, CryptoKey | Uint8Array]> => {
      if (jwk.kty !== 'OKP' || jwk.crv !== 'Ed25519' || !jwk.kid) throw unusable(`The trust list's keys of ${name} must be Ed25519 JWKs with \`kid\``);
      if (jwk.d !== undefined) throw unusable(`The trust list holds a private key of ${name}`);
      return [jwk.kid, await importJWK({ ...jwk, alg: algorithm }, algorithm)];
    });
    known.set(name, new Map(await Promise.all(entries)));
  }
  return {
    async verify(token, { type, issuer, audience, now }) {
      const own = known.get(issuer);
      if (!own) throw new KeyError('issuer');
      try {
        const { payload } = await jwtVerify(token, ({ kid }) => {
          const key = kid === undefined ? undefined : own.get(kid);
          if (!key) throw new KeyError('signature');
          return key;
        }, { algorithms: [algorithm], typ: type, issuer, audience, requiredClaims: ['exp', 'iat'], clockTolerance: 5, ...(now ? { currentDate: now } : {}) });
        return payload;
      } catch (error) {
        throw error instanceof KeyError ? error : new KeyError(reasonOf(error));
      }
    },
  };
}

function reasonOf(error: unknown): KeyErrorReason {
  if (error instanceof errors.JWTExpired) return 'expired';
  if (error instanceof errors.JWSSignatureVerificationFailed || error instanceof errors.JOSEAlgNotAllowed) return 'signature';
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return 'audience';
    if (error.claim === 'iss') return 'issuer';
    if (error.claim === 'nbf') return 'expired';
  }
  return 'malformed';
}

/** Loads a service's private key file. @throws PlatformError CONFIGURATION_INVALID */
export const loadSigner = async (path: string): Promise<Signer> => createSigner((await readJson(path)) as JWK);

/** Loads the list of public keys that services trust. @throws PlatformError CONFIGURATION_INVALID */
export async function loadTrust(path: string): Promise<Trust> {
  const content = await readJson(path);
  if (!('keys' in content) || typeof content.keys !== 'object' || content.keys === null) throw unusable(`${path} is no trust list`);
  return createTrust(content as TrustFile);
}

async function readJson(path: string): Promise<object> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw unusable(`${path} cannot be read as JSON`);
  }
  if (typeof content !== 'object' || content === null) throw unusable(`${path} holds no JSON object`);
  return content;
}

const unusable = (message: string): PlatformError => new PlatformError('CONFIGURATION_INVALID', { message: `${message}.` });
