import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { GraphQLObjectType, GraphQLInt, GraphQLNonNull, GraphQLSchema, GraphQLString } from 'graphql';
import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import { contextHeader, createContextVerifier, signContext } from './context.js';
import { createSigner, createTrust, generateKeyPair } from './keys.js';
import { createLog } from './log.js';
import { createMetrics } from './metrics.js';
import { createSubgraphServer, type SignedRequest, type SubgraphServer } from './subgraphServer.js';

const keys = await generateKeyPair('gateway');
const signer = await createSigner(keys.privateKey);
const trust = await createTrust({ keys: { gateway: [keys.publicKey] } });
const viewer: Viewer = { issuer: 'https://id.example/anhui', subject: 'u1', role: 'branch_secretary', province: '34', organization: null, member: null };
const metrics = createMetrics('anhui');
let lines = '';
let subgraph: SubgraphServer;
let asked: SignedRequest | null = null;

const schema = new GraphQLSchema({ query: new GraphQLObjectType<unknown, SignedRequest>({ name: 'Query', fields: {
  role: { type: GraphQLString, resolve: (_source, _args, signed) => { asked = signed; return signed.viewer?.role ?? null; } },
  missing: { type: GraphQLString, resolve: () => { throw new PlatformError('NOT_FOUND', { found: 3, secret: '349999199003070012' }); } },
  broken: { type: GraphQLString, resolve: () => { throw new Error('select id_number from member where id_number = 349999199003070012'); } },
  overflow: { type: GraphQLInt, resolve: () => '349999199003070012' },
  echo: { type: GraphQLString, args: { n: { type: new GraphQLNonNull(GraphQLInt) } }, resolve: (_source, args: { n: number }) => String(args.n) },
} }) });

beforeAll(async () => {
  subgraph = await createSubgraphServer<SignedRequest>({
    name: 'anhui', schema, metrics, log: createLog('anhui', { destination: { write: (line: string) => { lines += line; } } }),
    verifyContext: createContextVerifier({ trust, audience: 'anhui' }), context: async (signed) => signed,
    host: '127.0.0.1', port: 0, ready: async () => ({ ok: true, checks: {} }),
    routes: (fastify) => { fastify.get('/extra', async () => ({ extra: true })); },
  });
});
afterAll(async () => { await subgraph.close(); });

interface Answer { readonly status: number; readonly text: string; readonly data?: Record<string, unknown>; readonly errors?: { message: string; extensions: Record<string, unknown> }[] }
async function ask(query: string, { variables, headers = {}, audience = 'anhui', wrap = (x: unknown) => x }: { variables?: object; headers?: Record<string, string>; audience?: string; wrap?: (x: unknown) => unknown } = {}): Promise<Answer> {
  const body = JSON.stringify(wrap({ query, variables }));
  const context = await signContext(signer, { audience, viewer, requestId: 'r-7', body });
  const response = await fetch(subgraph.url, { method: 'POST', body, headers: { 'content-type': 'application/json', [contextHeader]: context, ...headers } });
  const text = await response.text();
  return { status: response.status, text, ...(JSON.parse(text) as object) };
}

test('hands resolvers the signed viewer, request and raw token', async () => {
  expect((await ask('{ role }', { headers: { authorization: 'Bearer abc.def' } })).data).toEqual({ role: 'branch_secretary' });
  expect(asked).toMatchObject({ viewer, requestId: 'r-7', bearer: 'abc.def' });
});

test('answers nobody but the gateway, not even its own schema', async () => {
  for (const headers of [{ [contextHeader]: '' }, { [contextHeader]: 'x' }]) {
    const refused = await ask('{ _service { sdl } }', { headers });
    expect([refused.status, refused.errors?.[0]?.extensions['code']]).toEqual([401, 'CONTEXT_REFUSED']);
  }
  expect((await ask('{ role }', { audience: 'zone' })).status).toBe(401);
  expect((await fetch(subgraph.url)).status).toBe(405);
  expect(await (await fetch(subgraph.url.replace('/graphql', '/extra'))).json()).toEqual({ extra: true });
});

test('lets codes of the catalogue through and hides everything else, which the log gets without values', async () => {
  const { text, errors, data } = await ask('{ role missing broken overflow }');
  expect(data).toEqual({ role: 'branch_secretary', missing: null, broken: null, overflow: null });
  expect(errors?.map(({ extensions }) => extensions['code'])).toEqual(['NOT_FOUND', 'INTERNAL', 'INTERNAL']);
  expect(errors?.[0]?.extensions).toMatchObject({ found: 3, remedy: 'Check the id.' });
  expect(text).not.toMatch(/349999199003070012|select|stack/);
  expect(lines).toContain('"requestId":"r-7"');
  expect(lines).not.toMatch(/349999199003070012/);
});

test('repeats no value of a document or a variable that does not fit', async () => {
  const literal = await ask('{ echo(n: "349999") }');
  const variable = await ask('query($n: Int!) { echo(n: $n) }', { variables: { n: '349999199003070012' } });
  const syntax = await ask('{ "349999" }');
  expect([literal, variable, syntax].map(({ status, errors }) => [status, errors?.[0]?.extensions['code']])).toEqual([[400, 'DOCUMENT_INVALID'], [400, 'VARIABLES_INVALID'], [400, 'DOCUMENT_INVALID']]);
  for (const { text } of [literal, variable, syntax]) expect(text).not.toContain('349999');
  expect((await ask('{ rol }')).errors?.[0]?.message).toBe('Cannot query field "rol" on type "Query".');
});

test('refuses batches and introspection', async () => {
  expect((await ask('{ role }', { wrap: (x) => [x] })).errors?.[0]?.extensions['code']).toBe('BATCH_REFUSED');
  expect((await ask('{ __schema { types { name } } }')).status).toBe(400);
});

test('measures requests by kind and outcome', async () => {
  const text = await metrics.registry.metrics();
  expect(text).toMatch(/delta_request_seconds_count\{service="anhui",operation="query",outcome="partial"\} \d/);
});

test('tells nothing of who asked or what, where operators look', async () => {
  await ask('query Of349999199003070012($n: Int!) { echo(n: $n) missing }', { variables: { n: '349999199003070012' }, headers: { 'x-request-id': '349999199003070012' } });
  const told = await Promise.all(['/health', '/ready', '/metrics', '/349999199003070012'].map(async (path) => (await fetch(new URL(path, subgraph.url))).text()));
  expect(told.join('\n')).toContain('delta_request_seconds');
  expect(told.join('\n')).not.toMatch(/349999199003070012|id\.example|u1\b|branch_secretary/);
});
