import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { provision } from '@delta/local/provision';
import { anchorsOf } from '@delta/runtime/synthetic/index';
import { importJWK, SignJWT, type JWK } from 'jose';
import { Pool } from 'undici';
import { definitions } from '../support/definitions.js';
import { unlimitedLookups } from '../support/unlimitedLookups.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A zone of two provinces, each service a process of its own, over databases that are given. */
export interface Stack {
  /** The answer's body, once its status is 200 and it holds no error. @throws Error with the answer */
  ask(query: string, variables: object): Promise<string>;
  /** A service's process. */
  process(name: string): ChildProcess;
  close(): Promise<void>;
}

export interface StackOptions {
  readonly home: string;
  readonly guards: 'on' | 'off';
  /** Environment of each owner's database, by owner. */
  readonly databases: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly provinces: readonly string[];
  readonly members: number;
  readonly connections: number;
}

/** Starts it, and waits until the directory knows every member. */
export async function startStack({ home, guards, databases, provinces, members, connections }: StackOptions): Promise<Stack> {
  const keys = await provision(home, { inlineKeys: true });
  const children = new Map<string, ChildProcess>();
  const start = async (name: string, env: Record<string, string>): Promise<string> => {
    const child = fork(fileURLToPath(new URL('owner.ts', import.meta.url)), [name, guards], {
      execArgv: ['--max-semi-space-size=64', '--import', join(root, 'tests/support/typescript.js')],
      env: { PATH: process.env['PATH'] ?? '', PORT: '0', HOST: '127.0.0.1', DELTA_HOME: home, DELTA_STATEMENT_TIMEOUT_MS: '20000', DELTA_POOL_SIZE: '5', DELTA_SUBGRAPH_DEADLINE_MS: '30000', DELTA_SIGNING_KEY_FILE: keys.signing(name), DELTA_TRUST_FILE: keys.trust, ...unlimitedLookups, ...databases[name], ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.set(name, child);
    const [message] = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => { throw new Error(`${name} did not start`); })]) as [{ url: string }];
    return message.url;
  };

  const zone = await start('zone', {});
  const urls = await Promise.all(provinces.map(async (slug) => [slug, await start(slug, {
    DELTA_ISSUERS_FILE: keys.issuers, DELTA_BLIND_INDEX_KEY_FILE: keys.blindIndex, DELTA_MASTER_KEY_FILE: keys.master(slug), DELTA_ZONE_URL: zone, DELTA_SYNTHETIC_MEMBERS: String(members),
  })] as const));
  const gateway = await start('gateway', {
    DELTA_ISSUERS_FILE: keys.issuers, DELTA_SUPERGRAPH_FILE: join(root, 'schema/supergraph.graphql'), DELTA_SUPERGRAPH_CACHE_FILE: join(home, 'supergraph.graphql'),
    DELTA_SUBGRAPH_URLS: [['zone', zone] as const, ...urls].map(([name, url]) => `${name}=${url}`).join(','),
  });

  const pool = new Pool(new URL(gateway).origin, { connections });
  const authorization = `Bearer ${await clerkToken(provinces[0]!, keys)}`;
  return {
    async ask(query, variables) {
      const { statusCode, body } = await pool.request({ method: 'POST', path: '/graphql', headers: { 'content-type': 'application/json', authorization }, body: JSON.stringify({ query, variables }) });
      const text = await body.text();
      if (statusCode !== 200 || text.includes('"errors"')) throw new Error(`the bench was answered ${statusCode}: ${text}`);
      return text;
    },
    process: (name) => children.get(name)!,
    close: async () => {
      await pool.close();
      await Promise.all([...children.values()].map(async (child) => { const gone = once(child, 'exit'); child.kill('SIGKILL'); await gone; }));
    },
  };
}

async function clerkToken(slug: string, keys: { readonly issuers: string; issuer(slug: string): string }): Promise<string> {
  const definition = definitions[slug]!;
  const jwk = JSON.parse(await readFile(keys.issuer(slug), 'utf8')) as JWK;
  const issuers = JSON.parse(await readFile(keys.issuers, 'utf8')) as { issuer: string; province: string | null }[];
  return new SignJWT({ role: 'station_clerk', province: definition.entry.code, organization: anchorsOf(definition.synthetic).clerkOrganizationId })
    .setProtectedHeader({ alg: 'ES256', kid: jwk.kid ?? '', typ: 'at+jwt' })
    .setIssuer(issuers.find(({ province }) => province === definition.entry.code)!.issuer)
    .setAudience('delta').setSubject('bench').setIssuedAt().setExpirationTime('2h').sign(await importJWK(jwk, 'ES256'));
}
