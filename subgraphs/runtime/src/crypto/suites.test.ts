import { createCipheriv, createHmac, hkdfSync } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { suites } from './suites.js';

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s/g, ''), 'hex');
const key = hex('0123456789abcdef fedcba9876543210');

test('SM4 here is that of GB/T 32907 (its first example)', () => {
  const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
  expect(Buffer.concat([cipher.update(key), cipher.final()])).toEqual(hex('681edf34d206965e 86b3e94f536e4246'));
});

test('its counter mode is that of draft-ribose-cfrg-sm4 (A.2.5.1)', () => {
  const cipher = createCipheriv('sm4-ctr', key, hex('000102030405060708090a0b0c0d0e0f'));
  const plain = hex('aaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbccccccccccccccccddddddddddddddddeeeeeeeeeeeeeeeeffffffffffffffffaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbb');
  expect(Buffer.concat([cipher.update(plain), cipher.final()])).toEqual(hex(`
    ac3236cb970cc207 91364c395a1342d1 a3cbc1878c6f30cd 074cce385cdd70c7 f234bc0e24c11980 fd1286310ce37b92 6e02fcd0faa0baf3 8b2933851d824514`));
});

test('what SM4 seals can be put together by hand: counter block, ciphertext, HMAC-SM3 over owner and both', () => {
  const master = Buffer.alloc(32, 5);
  const keys = Buffer.from(hkdfSync('sm3', master, '', 'delta:sm4-ctr+hmac-sm3', 48));
  const counter = Buffer.alloc(16, 0xff);
  const ecb = createCipheriv('sm4-ecb', keys.subarray(0, 16), null).setAutoPadding(false);
  // The counter overflows after its first block: all ones are followed by all zeros.
  const stream = Buffer.concat([ecb.update(counter), ecb.update(Buffer.alloc(16)), ecb.final()]);
  const plain = Buffer.from('31999919900101001X');
  const text = Buffer.from(plain.map((byte, index) => byte ^ stream[index]!));
  const tag = createHmac('sm3', keys.subarray(16)).update(Buffer.from([0, 0, 0, 3])).update('m-1').update(counter).update(text).digest();
  expect(suites.sm.open(master, Buffer.concat([counter, text, tag]), 'm-1')).toEqual(plain);
});

test('owner and bytes cannot be divided in another way', () => {
  const sealed = suites.sm.seal(Buffer.alloc(32, 5), Buffer.from('secret'), 'm-1x');
  expect(() => suites.sm.open(Buffer.alloc(32, 5), Buffer.concat([Buffer.from('x'), sealed]), 'm-1')).toThrow();
});
