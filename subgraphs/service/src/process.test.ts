import { fork, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { transformFile } from '@swc/core';

// Signals, IPC and exit codes belong to a process: each test runs one, on this package's own code.
const folder = mkdtempSync(join(tmpdir(), 'process-'));
const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

beforeAll(async () => {
  const { code } = await transformFile(fileURLToPath(new URL('./process.ts', import.meta.url)), { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'es6' } });
  writeFileSync(join(folder, 'process.mjs'), code.replace("'@delta/schema/errors'", "'./errors.mjs'").replace("'./describeError.js'", "'./describe.mjs'"));
  writeFileSync(join(folder, 'errors.mjs'), 'export class PlatformError extends Error { constructor(code, message) { super(message); this.code = code; this.extensions = { remedy: "Do this." }; } }');
  writeFileSync(join(folder, 'describe.mjs'), 'export const describeError = (error) => ({ type: error.constructor.name });');
});

interface Ending { readonly code: number | null; readonly errors: string; readonly messages: unknown[] }
function run(body: string, act: (child: ChildProcess, message: unknown) => void = () => undefined): Promise<Ending> {
  const path = join(folder, `${Math.random()}.mjs`);
  writeFileSync(path, `import { runService, report } from './process.mjs'; import { PlatformError } from './errors.mjs';\n${body}`);
  const child = fork(path, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
  started.push(child);
  let errors = '';
  const messages: unknown[] = [];
  child.stderr?.on('data', (chunk: Buffer) => { errors += chunk.toString(); });
  child.on('message', (message) => { messages.push(message); act(child, message); });
  // Not `close`, which does not come once the channel was closed from this side.
  const read = new Promise((resolve) => { child.stderr?.once('end', resolve); });
  return new Promise((resolve) => { child.once('exit', (code) => { void read.then(() => { resolve({ code, errors, messages }); }); }); });
}
const steady = "const hold = setInterval(() => {}, 1000); runService(async () => { report({ type: 'progress', task: 'load', done: 1, total: 2 }); return { url: 'http://x', close: async () => { clearInterval(hold); } }; });";
const isReady = (message: unknown): boolean => typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';

test('reports to its supervisor, and closes once on the first signal, whatever follows', async () => {
  const { code, messages } = await run(steady, (child, message) => {
    if (!isReady(message)) return;
    child.kill('SIGINT');
    child.kill('SIGTERM');
  });
  expect(messages).toEqual([{ type: 'progress', task: 'load', done: 1, total: 2 }, { type: 'ready', url: 'http://x' }]);
  expect(code).toBe(0);
});

test('stops when its supervisor is gone', async () => {
  expect((await run(steady, (child, message) => { if (isReady(message)) child.disconnect(); })).code).toBe(0);
});

test('says in one line what an operator can mend, and exits with 2', async () => {
  const { code, errors } = await run("runService(async () => { throw new PlatformError('PORT_IN_USE', 'Port 4000 is taken.'); });");
  expect([code, errors]).toEqual([2, 'PORT_IN_USE: Port 4000 is taken. Do this.\n']);
});

test('exits with 1 on a fault of its own, at start or later', async () => {
  expect(await run("runService(async () => { throw new TypeError('secret'); });")).toMatchObject({ code: 1, errors: 'INTERNAL: {"type":"TypeError"}\n' });
  expect((await run("runService(async () => { setTimeout(() => { throw new Error('late'); }, 50); return { close: async () => {} }; });")).code).toBe(1);
});
