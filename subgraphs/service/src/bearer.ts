import { createHash } from 'node:crypto';
import { createLocalJWKSet, createRemoteJWKSet, decodeJwt, errors, jwtVerify, type JSONWebKeySet, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { PlatformError } from '@delta/schema/errors';
import { isMemberId, provinceOfId } from '@delta/schema/ids';
import { isRole, type Role, type Viewer } from '@delta/schema/viewer';
import { BoundedCache } from './boundedCache.js';
import { followFile } from './followFile.js';
import type { Logger } from './log.js';

/** One identity provider that the zone knows, and the bounds of what it may say. */
export interface IssuerEntry {
  /** `iss` of its tokens. */
  readonly issuer: string;
  readonly kind: 'province' | 'zone' | 'dashboard';
  /** Its province's code; null for the zone's own and for dashboards. */
  readonly province: string | null;
  /** Roles it may give. */
  readonly roles: readonly Role[];
  /** What the ids of organisations it may name begin with (`31-`); null when it may name none. */
  readonly organizationPrefix: string | null;
  /** Where its public keys are; one of the two. */
  readonly jwksUri?: string;
  readonly jwks?: JSONWebKeySet;
}

export interface BearerVerifier {
  /**
   * Who the token speaks for.
   * @throws PlatformError TOKEN_MALFORMED, TOKEN_ISSUER_UNKNOWN, TOKEN_SIGNATURE, TOKEN_EXPIRED, TOKEN_AUDIENCE,
   *   TOKEN_ROLE_NOT_ALLOWED, ISSUER_UNAVAILABLE
   */
  verify(token: string): Promise<Viewer>;
}

export interface BearerOptions {
  /** Default `delta`. */
  readonly audience?: string;
  readonly now?: () => Date;
  /** Verified tokens kept until they expire. Default 10,000. */
  readonly cacheSize?: number;
  /** Longest wait for an issuer's keys, in milliseconds. Default 2,000. */
  readonly keysTimeoutMs?: number;
}

/** Pinned: a token that names another algorithm, `none` and the symmetric ones among them, is refused unread. */
const algorithms = ['ES256', 'EdDSA'];
const toleranceSeconds = 5;

export function createBearerVerifier(issuers: readonly IssuerEntry[], options: BearerOptions = {}): BearerVerifier {
  const known = knownIssuers(issuers, options);
  return verifierOf(() => known, options);
}

export interface LoadedBearerOptions extends BearerOptions {
  readonly log?: Logger;
  /** Which entries of the list count. Default all. */
  readonly only?: (entry: IssuerEntry) => boolean;
}

/**
 * A verifier by the list of issuers (a JSON array of IssuerEntry). What is added to the list or taken out counts from the next
 * second on, for tokens that were verified before as well.
 * @throws PlatformError CONFIGURATION_INVALID naming the entry
 */
export async function loadBearerVerifier(path: string, { log, only = () => true, ...options }: LoadedBearerOptions = {}): Promise<BearerVerifier> {
  return verifierOf(await followFile<KnownIssuers>(path, { log, read: (text, before) => knownIssuers(parseIssuers(text, path).filter(only), options, before) }), options);
}

interface KnownIssuer { readonly entry: IssuerEntry; readonly keys: JWTVerifyGetKey }
type KnownIssuers = ReadonlyMap<string, KnownIssuer>;

/** An issuer whose entry has not changed keeps the keys that were fetched for it: it may be away just now. */
const knownIssuers = (issuers: readonly IssuerEntry[], { keysTimeoutMs = 2_000 }: BearerOptions, before?: KnownIssuers): KnownIssuers => new Map(issuers.map((entry) => {
  const same = before?.get(entry.issuer);
  return [entry.issuer, same && JSON.stringify(same.entry) === JSON.stringify(entry) ? same : { entry, keys: keysOf(entry, keysTimeoutMs) }];
}));

function verifierOf(current: () => KnownIssuers | Promise<KnownIssuers>, { audience = 'delta', now = () => new Date(), cacheSize = 10_000 }: BearerOptions): BearerVerifier {
  const verified = new BoundedCache<string, { viewer: Viewer; by: KnownIssuer; until: number }>(cacheSize);

  return {
    async verify(token) {
      const known = await current();
      // The cache holds digests, so that a dump of the process gives away no token.
      const digest = createHash('sha256').update(token).digest('base64');
      const cached = verified.get(digest);
      if (cached && now().getTime() < cached.until && known.get(cached.by.entry.issuer) === cached.by) return cached.viewer;

      // Only the choice of keys reads the token before its signature is checked.
      const issuer = known.get(issuerOf(token));
      if (!issuer) throw new PlatformError('TOKEN_ISSUER_UNKNOWN');
      const claims = await jwtVerify(token, issuer.keys, {
        algorithms, typ: 'at+jwt', issuer: issuer.entry.issuer, audience, requiredClaims: ['exp', 'sub'], clockTolerance: toleranceSeconds, currentDate: now(),
      }).then(({ payload }) => payload, (error: unknown) => { throw refusal(error); });
      const viewer = viewerOf(issuer.entry, claims);
      verified.set(digest, { viewer, by: issuer, until: claims.exp! * 1000 });
      return viewer;
    },
  };
}

function keysOf({ issuer, jwks, jwksUri }: IssuerEntry, timeoutMs: number): JWTVerifyGetKey {
  if (jwks) return createLocalJWKSet(jwks);
  if (jwksUri) return createRemoteJWKSet(new URL(jwksUri), { timeoutDuration: timeoutMs, cooldownDuration: 10_000 });
  throw new PlatformError('CONFIGURATION_INVALID', { message: `The issuer ${issuer} has neither jwks nor jwksUri.` });
}

function issuerOf(token: string): string {
  try {
    const { iss } = decodeJwt(token);
    if (typeof iss === 'string') return iss;
  } catch {
    // falls through: it is no JWT
  }
  throw new PlatformError('TOKEN_MALFORMED');
}

function refusal(error: unknown): PlatformError {
  const cause = error instanceof Error ? error : undefined;
  if (error instanceof errors.JWTExpired) return new PlatformError('TOKEN_EXPIRED');
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === 'aud') return new PlatformError('TOKEN_AUDIENCE');
    if (error.claim === 'nbf' || error.claim === 'iat') return new PlatformError('TOKEN_EXPIRED');
    return new PlatformError('TOKEN_MALFORMED');
  }
  const signature = [errors.JWSSignatureVerificationFailed, errors.JOSEAlgNotAllowed, errors.JWKSNoMatchingKey, errors.JWKSMultipleMatchingKeys];
  if (signature.some((kind) => error instanceof kind)) return new PlatformError('TOKEN_SIGNATURE');
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return new PlatformError('TOKEN_MALFORMED');
  // What is left went wrong while fetching the issuer's keys.
  return new PlatformError('ISSUER_UNAVAILABLE', {}, cause);
}

/** The claims as far as this issuer may make them. */
function viewerOf(entry: IssuerEntry, claims: JWTPayload): Viewer {
  const { sub, role, province = null, organization = null, member = null } = claims as Record<string, unknown>;
  if (typeof sub !== 'string' || sub === '' || sub.length > 255) throw new PlatformError('TOKEN_MALFORMED');
  if (!isRole(role) || !entry.roles.includes(role)) throw new PlatformError('TOKEN_ROLE_NOT_ALLOWED');
  if (province !== entry.province) throw new PlatformError('TOKEN_ROLE_NOT_ALLOWED');
  if (organization !== null && !mayName(entry, organization)) throw new PlatformError('TOKEN_ROLE_NOT_ALLOWED');
  if ((role === 'member') !== (member !== null)) throw new PlatformError('TOKEN_MALFORMED');
  if (member !== null && !(typeof member === 'string' && isMemberId(member))) throw new PlatformError('TOKEN_MALFORMED');
  return { issuer: entry.issuer, subject: sub, role, province: entry.province, organization: organization as string | null, member };
}

function mayName({ organizationPrefix }: IssuerEntry, organization: unknown): boolean {
  if (organizationPrefix === null || typeof organization !== 'string' || !organization.startsWith(organizationPrefix)) return false;
  try {
    provinceOfId(organization);
    return true;
  } catch {
    return false;
  }
}

function parseIssuers(text: string, path: string): readonly IssuerEntry[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new PlatformError('CONFIGURATION_INVALID', { message: `The list of issuers ${path} cannot be read as JSON.` });
  }
  if (!Array.isArray(content)) throw new PlatformError('CONFIGURATION_INVALID', { message: `The list of issuers ${path} must be a JSON array.` });
  return content.map((entry: unknown, index) => {
    if (isIssuerEntry(entry)) return entry;
    throw new PlatformError('CONFIGURATION_INVALID', { message: `Entry ${index + 1} of the list of issuers ${path} is not usable.` });
  });
}

function isIssuerEntry(value: unknown): value is IssuerEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { issuer, kind, province, roles, organizationPrefix, jwksUri, jwks } = value as Record<string, unknown>;
  const nullable = [province, organizationPrefix].every((field) => field === null || typeof field === 'string');
  const keys = (typeof jwksUri === 'string' && URL.canParse(jwksUri)) || (typeof jwks === 'object' && jwks !== null);
  return typeof issuer === 'string' && (kind === 'province' || kind === 'zone' || kind === 'dashboard')
    && (kind === 'province') === (province !== null) && nullable && keys && Array.isArray(roles) && roles.every(isRole);
}
