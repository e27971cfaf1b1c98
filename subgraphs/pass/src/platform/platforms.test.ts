import { createHash, ECDH, generateKeyPairSync } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { decompressPoint } from '../lib/p256.js';
import { signLow } from '../lib/signer.js';
import { cacheKeys } from './cacheKeys.js';
import { createNodeSigner } from './createNodeSigner.js';
import { createWebHolder, holderSigner } from './createWebHolder.js';
import { nodePlatform } from './nodePlatform.js';
import type { Platform } from './platform.js';
import { webPlatform } from './webPlatform.js';

const bytes = new TextEncoder().encode('what is signed');
const newSigner = () => createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);

describe.each<[string, Platform]>([['Node', nodePlatform], ['WebCrypto', webPlatform]])('%s', (_, platform) => {
  test('verifies what a key signed, and nothing else', async () => {
    const signer = newSigner();
    const key = (await platform.importKey(signer.publicKey))!;
    const signature = await signLow(signer, bytes);
    expect(await platform.verify(key, bytes, signature)).toBe(true);
    expect(await platform.verify(key, bytes.slice(1), signature)).toBe(false);
    expect(await platform.verify((await platform.importKey(newSigner().publicKey))!, bytes, signature)).toBe(false);
  });

  test('verifies a proof of a key that cannot leave the browser', async () => {
    const { pair, publicKey } = await createWebHolder();
    await expect(crypto.subtle.exportKey('jwk', pair.privateKey)).rejects.toThrow();
    const signature = await signLow({ kid: new Uint8Array(), ...holderSigner(pair.privateKey) }, bytes);
    expect(await platform.verify((await platform.importKey(publicKey))!, bytes, signature)).toBe(true);
  });

  test('imports no point that is off the curve, not compressed, empty or beyond the prime', async () => {
    const good = newSigner().publicKey;
    const off = new Uint8Array(33).fill(0, 1);
    off[0] = 2;
    off[32] = 1;
    const beyond = new Uint8Array(33).fill(0xff);
    beyond[0] = 2;
    for (const point of [off, beyond, new Uint8Array(), new Uint8Array(33), good.subarray(0, 32), Uint8Array.from([4, ...good.subarray(1)]), Uint8Array.from([0])]) {
      expect(await platform.importKey(point)).toBeUndefined();
    }
  });

  test('hashes', async () => {
    expect(Buffer.from(await platform.sha256(bytes)).toString('hex')).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('unpacks up to the bound, and stops past it', async () => {
    const zeros = new Uint8Array(100_000);
    const packed = new Uint8Array(deflateSync(zeros));
    expect(await platform.inflate(packed, 100_000)).toHaveLength(100_000);
    expect(await platform.inflate(packed, 99_999)).toBe('tooLarge');
    expect(await platform.inflate(await platform.deflate(bytes), 1000)).toHaveLength(bytes.length);
  });

  test('does not unpack what is cut, altered, empty or followed by more', async () => {
    const packed = new Uint8Array(deflateSync(bytes));
    for (const bad of [packed.subarray(0, -1), packed.subarray(0, -4), Uint8Array.from([...packed, 0]), packed.map((byte, i) => (i === 8 ? byte ^ 4 : byte)), new Uint8Array(), Uint8Array.of(1, 2, 3)]) {
      expect(await platform.inflate(bad, 1000)).toBeUndefined();
    }
  });
});

test('points are decompressed as OpenSSL does', () => {
  for (let i = 0; i < 50; i += 1) {
    const point = newSigner().publicKey;
    expect(Buffer.from(decompressPoint(point)!)).toEqual(ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'uncompressed'));
  }
});

test('a cache keeps keys under their bytes, drops the one used longest ago, and keeps no bad point', () => {
  let imports = 0;
  const platform = cacheKeys({ ...nodePlatform, importKey: (point) => { imports += 1; return nodePlatform.importKey(point); } }, 2);
  const [a, b, c] = [newSigner().publicKey, newSigner().publicKey, newSigner().publicKey];
  for (const point of [a, b, a.slice(), c, a, b]) void platform.importKey(point);
  expect(imports).toBe(4);
  for (let i = 0; i < 2; i += 1) expect(platform.importKey(new Uint8Array(33))).toBeUndefined();
  expect(imports).toBe(6);
});
