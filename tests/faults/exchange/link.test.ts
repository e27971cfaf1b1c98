import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openLink, type Link } from './link.js';

let received: string[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => { body += chunk.toString(); }).on('end', () => { received.push(body); response.end('heard'); });
});
let link: Link;
beforeEach(async () => {
  received = [];
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  link = await openLink(() => (server.address() as AddressInfo).port);
});
afterEach(async () => {
  await link.close();
  server.closeAllConnections();
  await new Promise((resolve) => { server.close(resolve); });
});

const tell = (body: string, ms = 5_000): Promise<string> =>
  fetch(link.url, { method: 'POST', body, signal: AbortSignal.timeout(ms) }).then((answer) => answer.text(), () => 'nothing');

test('a link carries messages and their answers', async () => {
  expect([await tell('one'), received]).toEqual(['heard', ['one']]);
});

test('one that is cut carries nothing, and goes on when it is whole again', async () => {
  link.set({ does: 'CUT' });
  expect([await tell('one'), received]).toEqual(['nothing', []]);
  link.set({ does: 'PASS' });
  expect([await tell('two'), received]).toEqual(['heard', ['two']]);
});

test('one that hangs keeps what it was given until it goes on', async () => {
  link.set({ does: 'HANG' });
  const answer = tell('one');
  await new Promise((resolve) => { setTimeout(resolve, 200); });
  expect(received).toEqual([]);
  link.set({ does: 'PASS' });
  expect([await answer, received]).toEqual(['heard', ['one']]);
});

test('one that is cut midway carries no message whole', async () => {
  link.set({ does: 'CUT_MIDWAY', afterBytes: 1_000 });
  expect([await tell('x'.repeat(200_000)), received]).toEqual(['nothing', []]);
});

test('one that loses answers has carried the message', async () => {
  link.set({ does: 'LOSE_ANSWERS' });
  expect([await tell('one'), received]).toEqual(['nothing', ['one']]);
});

test('a slow one takes its time', async () => {
  link.set({ does: 'SLOW', bytesPerSecond: 100_000, latencyMs: 100 });
  const started = performance.now();
  expect([await tell('one'), performance.now() - started >= 200]).toEqual(['heard', true]);
});

test('an echo says once more what was said before it and during it', async () => {
  const heard = async (count: number): Promise<void> => { while (received.length < count) await new Promise((resolve) => { setTimeout(resolve, 10); }); };
  expect([await tell('one'), received]).toEqual(['heard', ['one']]);
  link.set({ does: 'ECHO' });
  await heard(2);
  expect(await tell('two')).toBe('heard');
  link.set({ does: 'PASS' });
  await heard(4);
  expect(received).toEqual(['one', 'one', 'two', 'two']);
});
