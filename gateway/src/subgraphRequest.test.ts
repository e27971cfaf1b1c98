import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Pool } from 'undici';
import { requestSubgraph } from './subgraphRequest.js';

// In a thread of its own, as a subgraph is in a process of its own: it goes on while this one is busy.
const code = `
const { createServer } = require('node:http');
const { parentPort } = require('node:worker_threads');
createServer((request, response) => { setTimeout(() => response.end('{"ok":true}'), Number(request.url.slice(1))); }).listen(0, '127.0.0.1', function () { parentPort.postMessage(this.address().port); });
`;
let worker: Worker;
let pool: Pool;
beforeAll(async () => {
  worker = new Worker(code, { eval: true });
  const port = await new Promise<number>((resolve) => { worker.once('message', resolve); });
  pool = new Pool(`http://127.0.0.1:${port}`);
});
afterAll(async () => {
  await pool.destroy();
  await worker.terminate();
});
const ask = (afterMs: number, deadlineMs: number): ReturnType<typeof requestSubgraph> => requestSubgraph({ pool, method: 'GET', path: `/${afterMs}`, deadlineMs, answerBytes: 1_000 });

test('keeps the deadline', async () => {
  await expect(ask(0, 1_000)).resolves.toEqual({ status: 200, text: '{"ok":true}' });
  await expect(ask(2_000, 150)).rejects.toMatchObject({ kind: 'timeout' });
});

test('does not take its own pause for the subgraph\'s', async () => {
  await ask(0, 1_000);
  const answer = ask(100, 400);
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  const end = Date.now() + 800;
  while (Date.now() < end) Math.sqrt(end);
  await expect(answer).resolves.toMatchObject({ status: 200 });
});
