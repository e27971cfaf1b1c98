import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from '@jest/globals';
import { createHttpServer, type HttpServer, type HttpServerOptions } from './httpServer.js';
import { createLog } from './log.js';
import { createMetrics } from './metrics.js';

const log = createLog('test', { level: 'silent' });
const running: HttpServer[] = [];
afterEach(async () => { await Promise.all(running.splice(0).map((server) => server.drain())); });

function server(over: Partial<HttpServerOptions> = {}): HttpServer {
  const created = createHttpServer({ name: 'test', log, metrics: createMetrics('test'), host: '127.0.0.1', port: 0, ready: async () => ({ ok: true, checks: {} }), ...over });
  running.push(created);
  return created;
}
const post = (url: string, body: string, headers = {}): Promise<Response> => fetch(url, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });
const codeOf = async (response: Response): Promise<unknown> => ((await response.json()) as { errors: { extensions: { code: string } }[] }).errors[0]!.extensions.code;

test('tells that it lives, whether it is ready and what it measures', async () => {
  let ok = false;
  const { url } = await server({ ready: async () => ({ ok, checks: { database: ok ? 'ok' : 'unreachable' } }) }).listen();
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const unready = await fetch(`${url}/ready`);
  expect([unready.status, await unready.json()]).toEqual([503, { ok: false, checks: { database: 'unreachable' } }]);
  ok = true;
  expect((await fetch(`${url}/ready`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toContain('process_cpu_seconds_total');
});

test('refuses large bodies, other content types and unknown addresses, each with its code', async () => {
  const http = server({ bodyLimit: 100 });
  http.fastify.post('/echo', async ({ body }) => ({ bytes: (body as Buffer).length }));
  const { url } = await http.listen();
  expect(await (await post(`${url}/echo`, '{"a":"党"}')).json()).toEqual({ bytes: 11 });
  const large = await post(`${url}/echo`, `"${'x'.repeat(200)}"`);
  expect([large.status, await codeOf(large)]).toEqual([413, 'BODY_TOO_LARGE']);
  const typed = await post(`${url}/echo`, 'x', { 'content-type': 'text/plain' });
  expect([typed.status, await codeOf(typed)]).toEqual([415, 'BAD_REQUEST']);
  const lost = await fetch(`${url}/none?idNumber=349999199003070012`);
  expect([lost.status, await codeOf(lost)]).toEqual([404, 'NOT_FOUND']);
});

test('hides what went wrong inside', async () => {
  const http = server();
  http.fastify.get('/broken', () => { throw new Error('select * from member at postgres://u:p@h'); });
  const { url } = await http.listen();
  const response = await fetch(`${url}/broken`);
  const text = await response.text();
  expect(response.status).toBe(500);
  expect(text).toContain('INTERNAL');
  expect(text).not.toMatch(/select|postgres/);
});

test('gives each request an id of its own, and takes the caller\'s only where told to', async () => {
  const { url } = await server().listen();
  const trusting = await server({ trustRequestId: true }).listen();
  const idFrom = async (base: string, id: string): Promise<string | null> => (await fetch(`${base}/health`, { headers: { 'x-request-id': id } })).headers.get('x-request-id');
  expect(await idFrom(url, 'mine')).not.toBe('mine');
  expect(await idFrom(trusting.url, 'mine')).toBe('mine');
  expect(await idFrom(trusting.url, '349999199003070012')).not.toContain('349999199003070012');
});

test('names the port that another process holds', async () => {
  const { port } = await server().listen();
  await expect(server({ port }).listen()).rejects.toMatchObject({ code: 'PORT_IN_USE', message: `Port ${port} of 127.0.0.1 is taken by another process.` });
});

test('finishes requests under way when draining, and refuses new ones', async () => {
  const http = server({ drainDelayMs: 100 });
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => { release = resolve; });
  http.fastify.get('/slow', async () => { await held; return { done: true }; });
  const { url } = await http.listen();
  const slow = fetch(`${url}/slow`);
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  const drained = http.drain();
  expect((await fetch(`${url}/ready`)).status).toBe(503);
  setTimeout(release, 200);
  expect(await (await slow).json()).toEqual({ done: true });
  await drained;
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});

test('cuts off what does not finish in time when draining', async () => {
  const http = server({ drainMs: 200 });
  http.fastify.get('/never', () => new Promise(() => undefined));
  const { url } = await http.listen();
  const never = new Promise((resolve) => { httpRequest(`${url}/never`).on('error', resolve).end(); });
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  const started = Date.now();
  await http.drain();
  expect(Date.now() - started).toBeLessThan(1500);
  await never;
});

test('refuses a compressed body unread, whatever it would unpack to', async () => {
  const http = server();
  http.fastify.post('/echo', async () => ({ read: true }));
  const { url } = await http.listen();
  const bomb = await fetch(`${url}/echo`, { method: 'POST', body: gzipSync(Buffer.alloc(10_000_000)), headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' } });
  expect([bomb.status, await codeOf(bomb)]).toEqual([415, 'BODY_COMPRESSED']);
  expect((await post(`${url}/echo`, '{}', { 'content-encoding': 'identity' })).status).toBe(200);
});

test('ends with its code what arrives too slowly, what has too many headers, and what is not HTTP', async () => {
  const http = server({ requestTimeoutMs: 300 });
  http.fastify.post('/echo', async () => ({ read: true }));
  const { port, url } = await http.listen();
  const send = (text: string): Promise<string> => new Promise((resolve) => {
    let answer = '';
    connect(port, '127.0.0.1').on('data', (chunk) => { answer += String(chunk); }).on('close', () => { resolve(answer); }).on('error', () => undefined).write(text);
  });
  const slow = await send('POST /echo HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{');
  expect(slow).toMatch(/^HTTP\/1\.1 408 [^]*"code":"REQUEST_TIMEOUT"/);
  expect(await send(`GET /health HTTP/1.1\r\nhost: a\r\nx-long: ${'x'.repeat(40_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 [^]*"code":"BAD_REQUEST"/);
  expect(await send('HELLO\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 [^]*"code":"BAD_REQUEST"/);
  expect((await fetch(`${url}/health`)).status).toBe(200);
});
