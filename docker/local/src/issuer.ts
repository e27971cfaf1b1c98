import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { PlatformError } from '@delta/schema/errors';
import { requireIdOf, isMemberId } from '@delta/schema/ids';
import { isRole } from '@delta/schema/viewer';
import type { JWK } from 'jose';
import Provider, { errors, type Adapter, type Configuration, type KoaContextWithOIDC } from 'oidc-provider';
import { keyFiles } from './home.js';
import { developmentIssuers, issuerBaseUrl, issuerIdentifier, tokenAudience, tokenResource, type DevelopmentIssuer } from './issuerRegistry.js';

/** Tokens live an hour unless asked otherwise, and a day at most. */
const defaultLifeSeconds = 3_600;
const longestLifeSeconds = 86_400;

export interface IssuerOptions {
  /** Provisioned home: the signing keys come from it, so that tokens survive a restart. */
  readonly home: string;
  /** 0 lets the system choose a free port. */
  readonly port: number;
  /** `DELTA_MODE`: an issuer that gives any role to whoever asks must never stand beside real data. */
  readonly mode: string;
  /** Base of the issuers' identifiers where it is not the address itself. */
  readonly baseUrl?: string;
}

export interface RunningIssuer {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Starts the development identity providers: one OpenID provider for each province, one for the zone and one for
 * dashboards, mounted by path on one server that listens on the loopback interface only. They give JWT access tokens
 * (RFC 9068) by client_credentials; the token command passes role, organisation and member as further parameters.
 * @throws PlatformError CONFIGURATION_INVALID in production mode, PORT_IN_USE
 */
export async function startIssuer({ home, port, mode, baseUrl }: IssuerOptions): Promise<RunningIssuer> {
  if (mode === 'production') {
    throw new PlatformError('CONFIGURATION_INVALID', { message: 'The development issuer does not start with DELTA_MODE=production; point DELTA_ISSUERS_FILE at the provinces\' own identity providers.' });
  }
  const handlers = new Map<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>();
  const server = createServer((request, response) => {
    const [, slug = '', rest = '/'] = /^\/([a-z]+)(\/[^?]*.*)?$/.exec(request.url ?? '') ?? [];
    const handle = handlers.get(slug);
    if (slug === 'health') response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"ok"}');
    else if (!handle) response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not_found"}');
    else {
      // The provider works out its mount path, for the addresses it publishes, from what was cut off.
      Object.assign(request, { originalUrl: request.url, url: rest });
      void handle(request, response);
    }
  });
  const bound = await listen(server, port);
  const base = baseUrl ?? issuerBaseUrl(bound);
  const client = JSON.parse(await readFile(keyFiles(home).tokenClient, 'utf8')) as { clientId: string; clientSecret: string };
  for (const entry of developmentIssuers) handlers.set(entry.slug, await createProvider(entry, issuerIdentifier(base, entry.slug), home, client));
  return { url: issuerBaseUrl(bound), port: bound, close: () => close(server) };
}

async function createProvider(entry: DevelopmentIssuer, issuer: string, home: string, client: { clientId: string; clientSecret: string }) {
  const key = JSON.parse(await readFile(keyFiles(home).issuer(entry.slug), 'utf8')) as JWK;
  const configuration: Configuration = {
    adapter: () => nothingKept,
    jwks: { keys: [key] },
    clients: [{
      client_id: client.clientId, client_secret: client.clientSecret, token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['client_credentials'], response_types: [], redirect_uris: [], id_token_signed_response_alg: 'ES256',
    }],
    responseTypes: [],
    routes: { jwks: '/jwks', token: '/token' },
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => tokenResource,
        getResourceServerInfo: (_context, resource) => {
          if (resource !== tokenResource) throw new errors.InvalidTarget();
          return { scope: '', audience: tokenAudience, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } };
        },
      },
    },
    ttl: { ClientCredentials: (context) => lifeOf(context) },
    extraTokenClaims: (context) => claimsOf(entry, context),
    formats: {
      customizers: {
        // The provider puts the client in `sub`; here the client is the token command, which speaks for somebody.
        jwt: (context, _token, parts) => {
          parts.payload['sub'] = parameter(context, 'subject') ?? parts.payload['sub'];
        },
      },
    },
  };
  return new Provider(issuer, configuration).callback();
}

/** Signed access tokens by client_credentials need no session, grant or code: there is nothing to keep and nothing to find. */
const nothingKept: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
};

/** What the token says about its bearer. The gateway checks the same bounds again: it trusts no issuer beyond them. */
function claimsOf(entry: DevelopmentIssuer, context: KoaContextWithOIDC): Record<string, string> {
  const role = parameter(context, 'role');
  const organization = parameter(context, 'organization');
  const member = parameter(context, 'member');
  if (!isRole(role) || !entry.roles.includes(role)) throw new errors.InvalidRequest(`this issuer may give only the roles ${entry.roles.join(', ')}`);
  if (organization !== undefined) requireOrganization(entry, organization);
  if ((role === 'member') !== (member !== undefined)) throw new errors.InvalidRequest('a member id goes with the role member, and with no other');
  if (member !== undefined && !isMemberId(member)) throw new errors.InvalidRequest('member must be a member id (a UUID of version 7)');
  return {
    role,
    ...(entry.province === null ? {} : { province: entry.province }),
    ...(organization === undefined ? {} : { organization }),
    ...(member === undefined ? {} : { member }),
  };
}

function requireOrganization(entry: DevelopmentIssuer, organization: string): void {
  if (entry.province === null) throw new errors.InvalidRequest('this issuer may name no organization');
  try {
    requireIdOf(entry.province, organization);
  } catch {
    throw new errors.InvalidRequest(`organization must be an id of this province (${entry.province}-<uuid>)`);
  }
}

function lifeOf(context: KoaContextWithOIDC): number {
  const asked = parameter(context, 'expires_in');
  if (asked === undefined) return defaultLifeSeconds;
  const seconds = /^[0-9]{1,6}$/.test(asked) ? Number(asked) : 0;
  if (seconds < 1 || seconds > longestLifeSeconds) throw new errors.InvalidRequest(`expires_in must be from 1 to ${longestLifeSeconds} seconds`);
  return seconds;
}

/** A parameter beside those of the standard, which the provider leaves in the parsed body. Given twice it is refused. */
function parameter(context: KoaContextWithOIDC, name: string): string | undefined {
  const value: unknown = context.oidc.body?.[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw new errors.InvalidRequest(`${name} was given twice`);
  return value;
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE'
        ? new PlatformError('PORT_IN_USE', { message: `Port ${port} of the development issuer is taken by another process (DELTA_ISSUER_PORT moves it).`, port })
        : error);
    });
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
