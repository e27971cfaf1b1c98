import { execFile } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { readVectors } from './readVectors.js';
import type { runAll } from './runInBrowser.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
let [browser, server, page]: [Browser | undefined, Server | undefined, Page | undefined] = [undefined, undefined, undefined];

beforeAll(async () => {
  const bundle = ['tests/vectors/runInBrowser.ts', '--bundle', '--format=iife', '--global-name=pass', '--platform=browser', '--conditions=source'];
  const { stdout } = await promisify(execFile)('node_modules/.bin/esbuild', bundle, { cwd: root, maxBuffer: 1 << 24 });
  server = createServer((request, response) => {
    const script = request.url === '/pass.js';
    response.writeHead(200, { 'content-type': script ? 'text/javascript' : 'text/html' });
    response.end(script ? stdout : '<!doctype html><script src="/pass.js"></script>');
  });
  await new Promise<void>((ready) => { server!.listen(0, '127.0.0.1', ready); });
  browser = await playwright.launch({ executablePath: await chromium.executablePath(), args: chromium.args, headless: true });
  page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});

afterAll(async () => {
  await browser?.close();
  server?.close();
});

declare const pass: { readonly runAll: typeof runAll };

test('a browser judges every vector as Node does', async () => {
  const vectors = [...readVectors()];
  const outcomes = await page!.evaluate((all) => pass.runAll(all), vectors);
  expect(outcomes.filter(([, outcome], i) => JSON.stringify(outcome) !== JSON.stringify(vectors[i]![1].expect))).toEqual([]);
  expect(outcomes).toHaveLength(vectors.length);
});
