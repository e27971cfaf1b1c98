import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT, exportJWK, generateKeyPair as generateTokenKey } from 'jose';
import { PlatformError } from '@delta/schema/errors';
import { createBearerVerifier, type IssuerEntry } from '@delta/service/bearer';
import { createContextVerifier } from '@delta/service/context';
import { createSigner, createTrust, generateKeyPair } from '@delta/service/keys';
import { createLog } from '@delta/service/log';
import { createMetrics, type Metrics } from '@delta/service/metrics';
import { loadMutualTls, type TlsFiles } from '@delta/service/tls';
import { createSubgraphServer, type SignedRequest, type SubgraphServer } from '@delta/service/subgraphServer';
import { createGateway, type Gateway } from '../server.js';
import { readSettings } from '../settings.js';
import type { ExampleDocument } from '../exampleDocuments.js';
import { codes, provinces, sdlOf, subgraphSchema, supergraph, type ResolveReference, type Resolvers } from './contract.js';

/** One request as a subgraph saw it. */
export interface Seen extends SignedRequest { readonly subgraph: string }

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly unknown[]; readonly extensions: Record<string, unknown> }[];
  readonly ms: number;
}

export interface AskOptions { readonly variables?: object | undefined; readonly token?: string; readonly headers?: Record<string, string>; readonly body?: string; readonly operationName?: string }

export interface TestZone {
  readonly gateway: Gateway;
  readonly metrics: Metrics;
  readonly seen: Seen[];
  readonly supergraphFile: string;
  readonly cacheFile: string;
  readonly documentsFile: string;
  readonly ports: Readonly<Record<string, number>>;
  /** Everything logged so far. */
  log(): string;
  ask(query: string, options?: AskOptions): Promise<Answer>;
  token(province?: string): Promise<string>;
  stopSubgraph(name: string): Promise<void>;
  startSubgraph(name: string): Promise<void>;
  close(): Promise<void>;
}

const gatewayKeys = await generateKeyPair('gateway');
const trust = await createTrust({ keys: { gateway: [gatewayKeys.publicKey] } });
const tokenKey = await generateTokenKey('ES256');
const jwk = { ...(await exportJWK(tokenKey.publicKey)), kid: 'k', alg: 'ES256' };
const issuers: readonly IssuerEntry[] = Object.values(codes).map((code) => ({ issuer: `https://id.example/${code}`, kind: 'province', province: code, roles: ['station_clerk'], organizationPrefix: `${code}-`, jwks: { keys: [jwk] } }));
const dashboards: IssuerEntry = { issuer: 'https://id.example/dashboard', kind: 'dashboard', province: null, roles: ['dashboard'], organizationPrefix: null, jwks: { keys: [jwk] } };

/** A token of somebody's dashboard, which belongs to no province. */
export const dashboardToken = (): Promise<string> => new SignJWT({ sub: 'wall', role: 'dashboard' }).setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })
  .setIssuer(dashboards.issuer).setAudience('delta').setIssuedAt().setExpirationTime('5 minutes').sign(tokenKey.privateKey);

export const token = (province = '31', expiresIn = 300): Promise<string> => {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sub: 'clerk', role: 'station_clerk', province }).setProtectedHeader({ alg: 'ES256', kid: 'k', typ: 'at+jwt' })
    .setIssuer(`https://id.example/${province}`).setAudience('delta').setIssuedAt(now - 600).setExpirationTime(now + expiresIn).sign(tokenKey.privateKey);
};

const byCode = (code: string): string | undefined => provinces.find((p) => codes[p] === code);
const memberOf = (id: string): { __typename: string; via: string } => ({ __typename: `${id.startsWith('a') ? 'Anhui' : 'Shanghai'}Member`, via: id });

const zoneResolvers: Resolvers = {
  'Query.provinces': () => provinces.map((p) => ({ __typename: `${p}Province`, code: codes[p], name: p })),
  'Query.province': (_source, { code }) => { const p = byCode(String(code)); if (!p) throw new PlatformError('UNKNOWN_PROVINCE'); return { __typename: `${p}Province`, code, name: p }; },
  'Query.member': (_source, { id }) => memberOf(String(id)),
  'Query.viewer': (_source, _args, { viewer }) => viewer && { role: viewer.role, province: { __typename: 'ShanghaiProvince', code: '31', name: 'Shanghai' } },
  '*.member': (source) => memberOf(String(source['grant'] ?? source['memberId'])),
  '*.reception': ({ receptionId }) => ({ __typename: 'ShanghaiReception', id: receptionId }),
};

function provinceResolvers(p: string): Resolvers {
  const own = { __typename: `${p}Province`, code: codes[p], name: p };
  return {
    [`Query.${p.toLowerCase()}`]: () => own,
    [`Mutation.${p.toLowerCase()}`]: () => ({}),
    '*.organizations': () => ({ edges: [{ cursor: 'c', node: { __typename: `${p}Organization`, id: `${p}-o1`, name: `${p} branch` } }] }),
    '*.arrivals': () => [{ __typename: `${p}Reception`, id: 'r1', memberId: 'a1', acceptedOn: '2026-01-01' }, { __typename: `${p}Reception`, id: 'r2', memberId: 's1', acceptedOn: '2026-01-02' }],
    '*.openLookup': (_source, { input }) => ({ lookup: { __typename: `${p}Lookup`, id: 'l1', purpose: 'CHECK_IN', grant: String((input as { note?: string }).note ?? 'a1') } }),
  };
}

const provinceReference = (p: string): ResolveReference => async ({ __typename, via, id }) => {
  if (via === 'a-secret') throw new PlatformError('NOT_DISCLOSED');
  if (via === 'a-broken') throw new Error('select name from member where id_number = 349999199511148373');
  if (via === 'a-slow') await new Promise((resolve) => { setTimeout(resolve, 30_000).unref(); });
  if (__typename === `${p}Member`) return { id: String(via ?? id), name: '王*', homeOrganization: { __typename: `${p}Organization`, id: 'o1', name: `${p} branch` }, flows: [{ __typename: `${p}Flow`, id: 'f1', state: 'ACCEPTED', destinationCode: '31', receptionId: 'r1' }] };
  if (__typename === `${p}Province`) return { code: codes[p], name: p };
  return { id, acceptedOn: '2026-01-01', memberId: 'a1' };
};

export interface TestZoneOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly documents?: readonly ExampleDocument[];
  /** Ports of servers that stand in a subgraph's place, by its name. */
  readonly instead?: Readonly<Record<string, number>>;
  /** Certificates of the subgraphs, which then let in nobody without one of the same authority. */
  readonly tls?: TlsFiles;
}

/** A whole small zone on real sockets: subgraphs of `contract.ts`, and the gateway as it is run. */
export async function startTestZone({ env = {}, documents = [], instead = {}, tls }: TestZoneOptions = {}): Promise<TestZone> {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  const [supergraphFile, cacheFile, keyFile, documentsFile] = ['supergraph.graphql', 'kept.graphql', 'key.json', 'documents.json'].map((name) => join(folder, name)) as [string, string, string, string];
  writeFileSync(supergraphFile, supergraph());
  writeFileSync(keyFile, JSON.stringify(gatewayKeys.privateKey));
  let lines = '';
  const log = createLog('gateway', { destination: { write: (line: string) => { lines += line; } } });
  const seen: Seen[] = [];
  const running = new Map<string, SubgraphServer>();
  const ports: Record<string, number> = { ...instead };

  const startSubgraph = async (name: string): Promise<void> => {
    // Another key at every start, so that whatever it sealed before is void.
    const signer = await createSigner((await generateKeyPair(name)).privateKey);
    const p = provinces.find((province) => province.toLowerCase() === name);
    const schema = subgraphSchema(sdlOf[name]!, p ? provinceResolvers(p) : zoneResolvers, p ? provinceReference(p) : (reference) => reference);
    const server = await createSubgraphServer<SignedRequest>({
      name, schema, log: createLog(name, { level: 'silent' }), metrics: createMetrics(name), verifyContext: createContextVerifier({ trust, signer, audience: name }),
      context: async (signed) => { seen.push({ ...signed, subgraph: name }); return signed; },
      host: '127.0.0.1', port: ports[name] ?? 0, ready: async () => ({ ok: true, checks: {} }), drainMs: 100, tls: tls && await loadMutualTls(tls),
    });
    running.set(name, server);
    ports[name] = server.port;
  };
  for (const name of Object.keys(sdlOf)) if (!(name in instead)) await startSubgraph(name);

  const metrics = createMetrics('gateway');
  const settings = readSettings({
    PORT: '0', DELTA_SUPERGRAPH_FILE: supergraphFile, DELTA_SUPERGRAPH_CACHE_FILE: cacheFile, DELTA_SIGNING_KEY_FILE: keyFile, DELTA_ISSUERS_FILE: keyFile, DELTA_DOCUMENTS_FILE: documentsFile,
    DELTA_SUBGRAPH_URLS: Object.entries(ports).map(([name, port]) => `${name}=${tls ? 'https' : 'http'}://127.0.0.1:${port}/graphql`).join(','), DELTA_SUBGRAPH_DEADLINE_MS: '600', DELTA_PROBE_TIMEOUT_MS: '200', DELTA_BREAKER_PAUSE_MS: '100', ...env,
  });
  const gateway = await createGateway(settings, { signer: await createSigner(gatewayKeys.privateKey), bearer: createBearerVerifier([...issuers, dashboards]), log, metrics, documents });

  return {
    gateway, metrics, seen, supergraphFile, cacheFile, documentsFile, ports, token, log: () => lines,
    async ask(query, { variables, token: bearer, headers = {}, body, operationName } = {}) {
      const started = performance.now();
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST', headers: { 'content-type': 'application/json', ...(bearer ? { authorization: `Bearer ${bearer}` } : {}), ...headers },
        body: body ?? JSON.stringify({ query, variables, operationName }),
      });
      const text = await response.text();
      return { status: response.status, text, headers: response.headers, ms: performance.now() - started, ...(JSON.parse(text) as object) };
    },
    async stopSubgraph(name) { await running.get(name)?.close(); running.delete(name); },
    startSubgraph,
    async close() {
      await gateway.close();
      await Promise.all([...running.values()].map((server) => server.close()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The codes of an answer's errors. */
export const codesOf = ({ errors = [] }: Answer): unknown[] => errors.map(({ extensions }) => extensions['code']);
