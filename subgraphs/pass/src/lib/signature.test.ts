import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { PassRefusal } from '../refusals/passRefusal.js';
import { concat } from './bytes.js';
import { order, toBytes, toNumber } from './p256.js';
import { checkSignature, toLowS } from './signature.js';
import { signLow } from './signer.js';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const publicKey = createPublicKey(createPrivateKey(privateKey.export({ format: 'pem', type: 'pkcs8' })));
const message = Buffer.from('a message');
const make = (): Uint8Array => new Uint8Array(sign('sha256', message, { key: privateKey, dsaEncoding: 'ieee-p1363' }));
const twin = (signature: Uint8Array): Uint8Array => concat(signature.subarray(0, 32), toBytes(order - toNumber(signature.subarray(32))));
const codeOf = (signature: Uint8Array, options?: { readonly lowS: boolean }): string => {
  try {
    checkSignature(signature, 'proof', options);
    return 'none';
  } catch (error) {
    return (error as PassRefusal).code;
  }
};

test('of the two signatures that Node takes for one message, one is in form', () => {
  for (let i = 0; i < 50; i += 1) {
    const signature = make();
    for (const each of [signature, twin(signature)]) expect(verify('sha256', message, { key: publicKey, dsaEncoding: 'ieee-p1363' }, each)).toBe(true);
    expect([codeOf(signature), codeOf(twin(signature))].sort()).toEqual(['SIGNATURE_HIGH_S', 'none']);
    expect(codeOf(toLowS(signature))).toBe('none');
    expect(toLowS(twin(signature))).toEqual(toLowS(signature));
    expect([codeOf(signature, { lowS: false }), codeOf(twin(signature), { lowS: false })]).toEqual(['none', 'none']);
  }
});

test('half of the order is low, one more is high', () => {
  const r = toBytes(1n);
  expect(codeOf(concat(r, toBytes(order >> 1n)))).toBe('none');
  expect(codeOf(concat(r, toBytes((order >> 1n) + 1n)))).toBe('SIGNATURE_HIGH_S');
});

test.each([[0n, 1n], [1n, 0n], [order, 1n], [1n, order], [order + 1n, 1n]])('r %s and s %s are out of range', (r, s) => {
  expect(codeOf(concat(toBytes(r), toBytes(s)))).toBe('SIGNATURE_RANGE');
});

test('DER has its own refusal, another length is malformed', () => {
  expect(codeOf(new Uint8Array(sign('sha256', message, privateKey)))).toBe('SIGNATURE_DER');
  for (const length of [0, 63, 65, 96]) expect(codeOf(new Uint8Array(length))).toBe('MALFORMED');
});

test('a signer that gives DER is told so instead of writing a pass that nobody takes', async () => {
  const signer = { kid: new Uint8Array(8), sign: (bytes: Uint8Array) => Promise.resolve(new Uint8Array(sign('sha256', bytes, privateKey))) };
  await expect(signLow(signer, message)).rejects.toThrow(RangeError);
});
