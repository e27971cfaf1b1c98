import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { montgomeryPrivate, montgomeryPublic, pairKey } from './pairKey.js';
import { rawPublicKey } from './rawKey.js';

/** From libsodium's test/default/ed25519_convert: seed, then both halves in the other form (there clamped already). */
const vector = {
  seed: '421151a459faeade3d247115f94aedae42318124095afabe4d1451a559faedee',
  privateKey: '8052030376d47112be7f73ed7a019293dd12ad910b654455798b4667d73de166',
  publicKey: 'f1814f0e8ff1043d8a44d25babff3cedcae6c22c3edaa48f857ae70de2baae50',
};

test('an Ed25519 key is the X25519 key that libsodium makes of it', () => {
  const seed = Buffer.from(vector.seed, 'hex');
  const ed25519 = createPrivateKey({ key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]), format: 'der', type: 'pkcs8' });
  const clamped = Buffer.from(montgomeryPrivate(seed));
  clamped[0]! &= 248;
  clamped[31] = (clamped[31]! & 127) | 64;
  expect(clamped.toString('hex')).toBe(vector.privateKey);
  expect(montgomeryPublic(rawPublicKey(createPublicKey(ed25519))).toString('hex')).toBe(vector.publicKey);
});

test('two services compute the same key for one purpose, another for another, and a third computes none of them', () => {
  const [a, b, c] = [1, 2, 3].map(() => generateKeyPairSync('ed25519'));
  const key = pairKey(a!.privateKey, b!.publicKey, 'x');
  expect(key).toHaveLength(32);
  expect(pairKey(b!.privateKey, a!.publicKey, 'x')).toEqual(key);
  expect(pairKey(b!.privateKey, a!.publicKey, 'y')).not.toEqual(key);
  expect(pairKey(c!.privateKey, a!.publicKey, 'x')).not.toEqual(key);
  expect(pairKey(c!.privateKey, b!.publicKey, 'x')).not.toEqual(key);
});

test('a point of small order shares no key', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  for (const y of [0n, 1n, 2n ** 255n - 20n]) {
    const x = Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse().toString('base64url');
    expect(pairKey(privateKey, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), 'x')).toBeUndefined();
  }
});
