import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SubgraphContexts } from '@delta/gateway/subgraphContexts';
import { contextHeader, createContextVerifier, SessionRefused, signContext } from '@delta/service/context';
import { isSessionContext, noSession } from '@delta/service/contextSession';
import { createSigner, loadSigner, loadTrust, type JWK } from '@delta/service/keys';
import { createLog } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';
import { createSubgraphServer } from '@delta/service/subgraphServer';
import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import type { KeyFiles } from './home.js';
import { provision } from './provision.js';
import { rotateSigningKey } from './rotateSigningKey.js';

let home: string;
let files: KeyFiles;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'delta-rotate-'));
  files = await provision(home, { inlineKeys: true });
});
afterEach(async () => { await rm(home, { recursive: true }); });

const quick = { say: () => undefined, settleMs: 1_500, lifeMs: 2_000 };
const readKey = async (name: string): Promise<JWK> => JSON.parse(await readFile(files.signing(name), 'utf8')) as JWK;
const trusted = async (name: string): Promise<{ keys: unknown[]; retired: unknown[] }> => {
  const { keys, retired } = JSON.parse(await readFile(files.trust, 'utf8')) as { keys: Record<string, JWK[]>; retired?: Record<string, JWK[]> };
  return { keys: keys[name]!.map(({ kid }) => kid), retired: (retired?.[name] ?? []).map(({ kid }) => kid) };
};

test('no request is refused while the gateway\'s key is replaced, and the old key serves no request after that', async () => {
  const log = createLog('test', { level: 'silent' });
  const server = await createSubgraphServer<object>({
    name: 'anhui', log, metrics: createMetrics('anhui'), host: '127.0.0.1', port: 0, ready: async () => ({ ok: true, checks: {} }), context: async () => ({}),
    schema: new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { here: { type: GraphQLString, resolve: () => 'yes' } } }) }),
    verifyContext: createContextVerifier({ trust: await loadTrust(files.trust, log), audience: 'anhui' }),
  });
  const body = JSON.stringify({ query: '{ here }' });
  const ask = async (signer: Parameters<typeof signContext>[0]): Promise<number> => {
    const context = await signContext(signer, { audience: 'anhui', viewer: null, requestId: 'r-1', body });
    return (await fetch(server.url, { method: 'POST', body, headers: { 'content-type': 'application/json', [contextHeader]: context } })).status;
  };

  const signer = await loadSigner(files.signing('gateway'), log);
  const old = await readKey('gateway');
  const answers = new Map<string, number>();
  let rotating = true;
  const load = Array.from({ length: 4 }, async () => {
    while (rotating) {
      const status = await ask(signer);
      const kind = `${status} ${signer.kid === old.kid ? 'old' : 'new'}`;
      answers.set(kind, (answers.get(kind) ?? 0) + 1);
      await sleep(2);
    }
  });
  await rotateSigningKey(home, 'gateway', quick);
  await sleep(1_100);
  rotating = false;
  await Promise.all(load);

  expect([...answers.keys()].sort()).toEqual(['200 new', '200 old']);
  expect(Math.min(...answers.values())).toBeGreaterThan(50);
  expect(await ask(await createSigner(old))).toBe(401);
  expect(await ask(signer)).toBe(200);
  await server.close();
}, 30_000);

test('no request under a session is refused while the key of either side is replaced', async () => {
  const log = createLog('test', { level: 'silent' });
  const trust = await loadTrust(files.trust, log);
  const anhui = createContextVerifier({ trust, signer: await loadSigner(files.signing('anhui'), log), audience: 'anhui' });
  const body = '{}';
  const shown = { session: 0, signed: 0 };
  const contexts = new SubgraphContexts(await loadSigner(files.signing('gateway'), log), 'anhui');
  const post = async (context: string): Promise<{ status: number; text: string; session?: string }> => {
    shown[isSessionContext(context) ? 'session' : 'signed'] += 1;
    return anhui.verify(context, body).then(({ session }) => ({ status: 200, text: '', ...(session === undefined ? {} : { session }) }),
      (error: { originalError: Error }) => ({ status: 401, text: error.originalError.message, ...(error.originalError instanceof SessionRefused ? { session: noSession } : {}) }));
  };
  const answers = new Set<string>();
  let rotating = true;
  const load = Array.from({ length: 4 }, async () => {
    while (rotating) {
      const { status, text } = await contexts.send({ viewer: null, requestId: 'r-1', body }, post);
      answers.add(`${status} ${text}`);
      await sleep(2);
    }
  });
  await rotateSigningKey(home, 'gateway', quick);
  await rotateSigningKey(home, 'anhui', quick);
  await sleep(4_000);
  rotating = false;
  await Promise.all(load);
  expect([...answers]).toEqual(['200 ']);
  // Twice without a session, for some two seconds each: when the gateway's old key retired, and when the province's was replaced.
  expect(shown.signed).toBeGreaterThan(100);
  expect(shown.session).toBeGreaterThan(shown.signed);
}, 40_000);

test('a retired key still verifies what it signed before, as a record', async () => {
  const expected = { type: 'kept+jwt', issuer: 'anhui', audience: 'zone' };
  const record = await (await loadSigner(files.signing('anhui'))).sign({ seq: 7 }, { type: 'kept+jwt', audience: 'zone', expiresInSeconds: 3600 });
  await rotateSigningKey(home, 'anhui', { ...quick, settleMs: 0, lifeMs: 0 });
  const trust = await loadTrust(files.trust);
  await expect(trust.verify(record, { ...expected, record: true })).resolves.toMatchObject({ seq: 7 });
  await expect(trust.verify(record, expected)).rejects.toMatchObject({ reason: 'signature' });
});

test('goes on where it was killed, with the key that it had announced', async () => {
  const old = (await readKey('zone')).kid;
  const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
  const child = spawn(process.execPath, ['--import', path('../../../tests/support/typescript.js'), path('keys.ts'), 'rotate', '--service', 'zone'], { env: { ...process.env, DELTA_HOME: home } });
  let said = '';
  for await (const chunk of child.stdout) {
    said += String(chunk);
    if (said.includes('waiting')) break;
  }
  child.kill('SIGKILL');
  await once(child, 'close');
  const [, announced] = (await trusted('zone')).keys;
  expect((await readKey('zone')).kid).toBe(old);

  await rotateSigningKey(home, 'zone', { ...quick, until: 'signing' });
  expect((await readKey('zone')).kid).toBe(announced);
  // A start of the zone in between keeps both keys.
  await provision(home, { inlineKeys: true });
  expect((await trusted('zone')).keys).toEqual([announced, old]);
  await rotateSigningKey(home, 'zone', { ...quick, lifeMs: 0 });
  expect(await trusted('zone')).toEqual({ keys: [announced], retired: [old] });
  expect((await readdir(files.directory)).filter((name) => name.includes('rotation'))).toEqual([]);
  await provision(home, { inlineKeys: true });
  expect(await trusted('zone')).toEqual({ keys: [announced], retired: [old] });
}, 30_000);

test('of two rotations at once one goes on, and keeps the modes of the files', async () => {
  await chmod(files.trust, 0o444);
  const both = await Promise.allSettled([rotateSigningKey(home, 'zone', quick), rotateSigningKey(home, 'anhui', quick)]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect((await stat(files.trust)).mode & 0o777).toBe(0o444);
  expect((await stat(files.signing('zone'))).mode & 0o777).toBe(0o600);
}, 30_000);
