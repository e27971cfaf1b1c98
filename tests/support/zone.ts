import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provision } from '@delta/local/provision';
import { createProvince, type RunningProvince } from '@delta/runtime/server/createProvince';
import { readSettings as readProvinceSettings } from '@delta/runtime/server/settings';
import { anchorsOf, type Anchors } from '@delta/runtime/synthetic/index';
import type { Role } from '@delta/schema/viewer';
import { createLog } from '@delta/service/log';
import { createZone } from '@delta/zone/createZone';
import { readSettings as readZoneSettings } from '@delta/zone/settings';
import { importJWK, SignJWT, type JWK } from 'jose';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from './database.js';
import { definitions } from './definitions.js';
import type { Gateway } from '@delta/gateway/server';
import { startTestGateway } from './gateway.js';
import { plainSheet } from './plainSheet.js';
import { dumpTables, recordTraffic } from './traffic.js';
import { unlimitedLookups } from './unlimitedLookups.js';

export { definitions };

/** What a test reads of a member; fields that it did not ask for are absent. */
export interface MemberData {
  readonly __typename: string; readonly id: string; readonly name: string | null; readonly idNumberMasked: string | null; readonly phoneMasked: string | null;
  readonly joinedOn: string | null; readonly homeOrganization: { readonly id: string; readonly name: string } | null;
  readonly withheld: readonly { readonly field: string; readonly reason: string }[];
}

export interface LookupData { readonly shanghai: { readonly openLookup: { readonly lookup: { readonly id: string; readonly member: MemberData | null } } } }

export interface Answer<Data> {
  readonly status: number;
  readonly data: Data;
  readonly errors?: readonly { readonly message: string; readonly path?: readonly (string | number)[]; readonly extensions: { readonly code: string; readonly province?: string; readonly remedy?: string } }[];
  /** The body as text, to look for what must not be in it. */
  readonly text: string;
}

export interface TokenWish {
  readonly role?: Role;
  /** Slug of the issuing province. */
  readonly province?: string;
  readonly organization?: string;
  readonly member?: string;
  readonly subject?: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly lifeSeconds?: number;
}

export interface TestZone {
  readonly home: string;
  readonly gateway: Gateway;
  readonly urls: Readonly<Record<string, string>>;
  anchors(slug: string): Anchors;
  token(wish?: TokenWish): Promise<string>;
  ask<Data = LookupData>(query: string, variables?: object, token?: string | null): Promise<Answer<Data>>;
  /** Statements sent to each owner's database since the last call, BEGIN and COMMIT aside. */
  statements(): Record<string, string[]>;
  /** Connection string of an owner's database, by the role that its service runs as. */
  databaseUrl(owner: string): string;
  /** Rows of an owner's database, asked for by the role that owns the tables. */
  rows<Row>(owner: string, sql: string, parameters?: unknown[]): Promise<Row[]>;
  /** Stops one owner's subgraph. */
  stop(owner: string): Promise<void>;
  /** Starts a province that was stopped again. Its peers learn where it answers now, the gateway does not. */
  restart(province: string): Promise<void>;
  close(): Promise<void>;
}

export interface TestZoneOptions {
  /** Members a province, the three anchors among them. */
  readonly members?: number;
  readonly now?: () => Date;
  readonly gatewayEnv?: Readonly<Record<string, string>>;
  /** Further variables of the zone's subgraph. */
  readonly zoneEnv?: Readonly<Record<string, string>>;
  /** Asks a service for its metrics; default `fetch`. */
  readonly send?: typeof fetch;
  /** Further variables of every province. */
  readonly provinceEnv?: Readonly<Record<string, string>>;
}

/** The whole zone on real databases and real HTTP, in this process: every owner with a database of its own. */
export async function startTestZone({ members = 60, now, gatewayEnv = {}, zoneEnv = {}, provinceEnv = {}, send = fetch }: TestZoneOptions = {}): Promise<TestZone> {
  const home = await mkdtemp(join(tmpdir(), 'delta-zone-'));
  const keys = await provision(home, { inlineKeys: true });
  const traffic = await recordTraffic({ traces: true });
  const log = createLog('test', { level: 'debug', destination: { write: (line) => { traffic.note('log', line); } } });
  const seen: Record<string, string[]> = {};
  const databases: Record<string, TestDatabase> = {};
  const running: Record<string, { url: string; close(): Promise<void> }> = {};
  const watch = (owner: string) => (sql: string): void => {
    if (!/^\s*(begin|start transaction|savepoint|release savepoint|commit|rollback)/i.test(sql) && !sql.includes('/* ready */') && !sql.includes('/* registration.') && !sql.includes('/* background.')) (seen[owner] ??= []).push(sql);
  };

  const env = (owner: string): NodeJS.ProcessEnv => ({
    PORT: '0', HOST: '127.0.0.1', DELTA_HOME: home, DATABASE_URL: databases[owner]!.url, DATABASE_OWNER_URL: databases[owner]!.ownerUrl,
    DELTA_SIGNING_KEY_FILE: keys.signing(owner), DELTA_TRUST_FILE: keys.trust, DELTA_PEERS_FILE: keys.peers,
    DELTA_PASS_ROOTS_FILE: keys.passRoots,
  });
  databases['zone'] = await createTestDatabase();
  running['zone'] = await createZone({ settings: readZoneSettings({ ...env('zone'), ...zoneEnv }), log, onStatement: watch('zone'), ...(now ? { now } : {}) });

  const startProvince = async (slug: string): Promise<RunningProvince> => {
    const settings = readProvinceSettings(slug, {
      ...env(slug), DELTA_ISSUERS_FILE: keys.issuers, DELTA_BLIND_INDEX_KEY_FILE: keys.blindIndex, DELTA_MASTER_KEY_FILE: keys.master(slug), DELTA_PASS_KEYS_FILE: keys.passKeys(slug),
      DELTA_ZONE_URL: running['zone']!.url, DELTA_SYNTHETIC_MEMBERS: String(members), ...unlimitedLookups, ...provinceEnv,
    });
    const province = await createProvince({ definition: definitions[slug]!, settings, log, onStatement: watch(slug), paper: plainSheet, ...(now ? { now } : {}) });
    running[slug] = province;
    return province;
  };
  const provinces = await Promise.all(Object.keys(definitions).map(async (slug) => {
    databases[slug] = await createTestDatabase();
    return startProvince(slug);
  }));
  await Promise.all(provinces.map((province) => province.registered));

  const urls = Object.fromEntries(Object.entries(running).map(([name, { url }]) => [name, url]));
  // Ports are known only now; the services follow the list.
  const tellPeers = () => provision(home, { inlineKeys: true, peers: Object.entries(urls).map(([name, url]) => ({ name, url: running[name]?.url ?? url })) });
  await tellPeers();
  const gateway = await startTestGateway({ home, keys, urls, log, env: gatewayEnv });

  const token = async ({ role = 'station_clerk', province = 'shanghai', lifeSeconds = 600, claims = {}, ...wish }: TokenWish = {}): Promise<string> => {
    // Two roles belong to no province; their issuers are their own.
    const apart = role === 'dashboard' ? 'dashboard' : role === 'zone_operator' ? 'zone' : undefined;
    const definition = definitions[province]!;
    const anchors = anchorsOf(definition.synthetic);
    const jwk = JSON.parse(await readFile(keys.issuer(apart ?? province), 'utf8')) as JWK;
    const issuers = JSON.parse(await readFile(keys.issuers, 'utf8')) as { issuer: string; province: string | null }[];
    const organization = wish.organization ?? (role === 'member' || apart ? undefined : anchors.clerkOrganizationId);
    const member = wish.member ?? (role === 'member' ? anchors.people[0].id : undefined);
    return new SignJWT({ role, ...(apart ? {} : { province: definition.entry.code }), ...(organization ? { organization } : {}), ...(member ? { member } : {}), ...claims })
      .setProtectedHeader({ alg: jwk.alg ?? 'ES256', kid: jwk.kid ?? '', typ: 'at+jwt' })
      .setIssuer(issuers.find((entry) => (apart ? entry.issuer.endsWith(`/${apart}`) : entry.province === definition.entry.code))!.issuer)
      .setAudience('delta').setSubject(wish.subject ?? `${role}-1`).setIssuedAt().setExpirationTime(Math.floor(Date.now() / 1000) + lifeSeconds)
      .sign(await importJWK(jwk, jwk.alg ?? 'ES256'));
  };

  const rows = async <Row>(owner: string, sql: string, parameters: unknown[] = []): Promise<Row[]> => {
    const client = new pg.Client({ connectionString: databases[owner]!.ownerUrl });
    await client.connect();
    try {
      return (await client.query(sql, parameters)).rows as Row[];
    } finally {
      await client.end();
    }
  };

  // The list of peers is taken up within a second, by each owner in its time: until all know one another, who is asked refuses strangers.
  const others = Object.keys(urls).length - 1;
  const met = async (owner: string): Promise<boolean> =>
    (await rows<{ n: number }>(owner, `select count(*)::integer as n from exchange_stream where direction = 'OUT'`))[0]!.n === others;
  for (const owner of Object.keys(urls)) {
    for (const end = Date.now() + 20_000; !(await met(owner));) {
      if (Date.now() > end) throw new Error(`${owner} has not met all its peers`);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  }

  return {
    home, gateway, urls, token,
    anchors: (slug) => anchorsOf(definitions[slug]!.synthetic),
    ask: async <Data>(query: string, variables: object = {}, bearer: string | null = null): Promise<Answer<Data>> => {
      const response = await fetch(new URL('/graphql', gateway.url), {
        method: 'POST', body: JSON.stringify({ query, variables }),
        headers: { 'content-type': 'application/json', ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }) },
      });
      const text = await response.text();
      const body = JSON.parse(text) as Pick<Answer<Data>, 'data' | 'errors'>;
      if (body.errors) traffic.note('error', JSON.stringify(body.errors));
      return { status: response.status, text, ...body };
    },
    statements: () => {
      const taken = { ...seen };
      for (const owner of Object.keys(seen)) delete seen[owner];
      return taken;
    },
    databaseUrl: (owner) => databases[owner]!.url,
    rows,
    stop: async (owner) => {
      const service = running[owner];
      delete running[owner];
      await service?.close();
    },
    restart: async (slug) => {
      await startProvince(slug);
      await tellPeers();
    },
    close: async () => {
      for (const url of [gateway.url, ...Object.values(running).map((service) => service.url)]) traffic.note('metrics', await (await send(new URL('/metrics', url))).text());
      traffic.note('database', await dumpTables((sql) => rows('zone', sql)));
      await gateway.close();
      await Promise.all(Object.values(running).map((service) => service.close()));
      await Promise.all(Object.values(databases).map((database) => database.drop()));
      await traffic.close();
      await rm(home, { recursive: true, force: true });
    },
  };
}

export const lookupDocument = `mutation Lookup($input: OpenLookupInput!) {
  shanghai { openLookup(input: $input) { lookup { id purpose expiresAt member {
    __typename id name gender joinedOn probationary affiliation idNumberMasked phoneMasked
    province { code name } homeOrganization { id name divisionCode } withheld { field reason } } } } }
}`;
