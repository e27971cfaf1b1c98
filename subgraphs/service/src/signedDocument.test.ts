import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHttpServer, type HttpServer } from './httpServer.js';
import { createLog } from './log.js';
import { createMetrics } from './metrics.js';
import { sendDocument } from './signedDocument.js';

let server: HttpServer;
let address: URL;
const bytes = new Uint8Array([1, 2, 3]);
beforeAll(async () => {
  server = createHttpServer({ name: 'documents', log: createLog('documents', { level: 'fatal' }), metrics: createMetrics('documents'), host: '127.0.0.1', port: 0, ready: () => Promise.resolve({ ok: true, checks: {} }) });
  server.fastify.get('/list', (request, reply) => sendDocument(request, reply, { bytes, type: 'application/cbor', maxAge: 60 }));
  address = new URL('/list', (await server.listen()).url);
});
afterAll(async () => { await server.drain(); });

test('a document comes whole, with what names it, how long it is good and its digest', async () => {
  const answer = await fetch(address);
  expect(new Uint8Array(await answer.arrayBuffer())).toEqual(bytes);
  expect(Object.fromEntries(['content-type', 'cache-control', 'repr-digest'].map((name) => [name, answer.headers.get(name)]))).toEqual({
    'content-type': 'application/cbor', 'cache-control': 'public, max-age=60', 'repr-digest': `sha-256=:${createHash('sha256').update(bytes).digest('base64')}:` });
});

test('who has it is told so without it; who has another gets it', async () => {
  const tag = (await fetch(address)).headers.get('etag')!;
  for (const has of [tag, `W/${tag}`, `"other", ${tag}`]) {
    const answer = await fetch(address, { headers: { 'if-none-match': has } });
    expect([answer.status, (await answer.arrayBuffer()).byteLength, answer.headers.get('etag')]).toEqual([304, 0, tag]);
  }
  expect((await fetch(address, { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
});
