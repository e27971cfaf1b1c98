import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import * as browser from './browser.js';
import * as node from './index.js';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));

test('a bundle for browsers takes the browser\'s entry, has nothing of Node and stays small', async () => {
  const entry = 'export * from "@delta/pass"';
  const { stdout } = await run('sh', ['-c', `printf '%s' '${entry}' | node_modules/.bin/esbuild --bundle --minify --format=esm --platform=browser --conditions=source`], { cwd: root, maxBuffer: 1 << 24 });
  const has = (pattern: RegExp): boolean => pattern.test(stdout);
  expect({ webCrypto: has(/crypto\.subtle\.verify/), node: has(/node:|require\(|createPublicKey/), imports: has(/^import\b/m) }).toEqual({ webCrypto: true, node: false, imports: false });
  expect(gzipSync(stdout).length).toBeLessThan(24 * 1024);
});

test('both entries have the same verbs; only Node judges at once, and each makes keys in its own way', () => {
  const own = (one: object, other: object): string[] => Object.keys(one).filter((name) => !(name in other)).sort();
  expect(own(node, browser)).toEqual(['createNodeSigner', 'kidOf', 'nodePlatform', 'verifyPassSync']);
  expect(own(browser, node)).toEqual(['createWebHolder', 'holderSigner', 'webPlatform']);
});
