import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { toHex } from '../lib/bytes.js';
import { createNodeSigner } from '../platform/createNodeSigner.js';
import { readRoots, writeRoots } from './rootsFile.js';
import type { Root } from './trustList.js';

const root = (issuer: string): Root => {
  const { kid, publicKey } = createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  return { issuer, kid: toHex(kid), publicKey };
};
const roots = ['31', '32', '33', '34'].map(root);

test('roots come back from their file as they went in', () => { expect(readRoots(writeRoots(roots))).toEqual(roots); });

test.each<[string, string]>([
  ['no list', '{}'], ['null', 'null'], ['a root twice', writeRoots([roots[0]!, roots[1]!, roots[0]!])], ['one province alone', writeRoots([roots[0]!, root('31')])],
  ['nine roots', writeRoots([...roots, ...roots, root('31')])], ['a kid in capitals', writeRoots(roots).replace(/"kid": "[^"]*"/, '"kid": "ABCDEF0123456789"')],
  ['a short key', writeRoots(roots).replace(/"publicKey": "../, '"publicKey": "')], ['an issuer by name', writeRoots(roots).replace('"31"', '"shanghai"')],
])('%s is no roots file', (_, text) => { expect(() => readRoots(text)).toThrow(RangeError); });
