import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createBlindIndex } from './blindIndex.js';

const key = (byte: number): string => Buffer.alloc(32, byte).toString('base64');
const idNumber = '31999919900101001X';

test('SM3 here is that of GB/T 32905 (its first example)', () => {
  expect(createHash('sm3').update('abc').digest('hex')).toBe('66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0');
});

test('the index is HMAC-SM3 under the current key, named by its version', () => {
  // Computed apart, with an SM3 written from the standard.
  expect(createBlindIndex({ current: 'v1', keys: { v1: key(9) } })(idNumber)).toBe('v1:anyXABmKAppt8HcY-qcH3QL8RUW1n1q2DtEtkdpvZNs');
});

test('provinces with the same key agree, and no other number or key gives the same', () => {
  const index = createBlindIndex({ current: 'v1', keys: { v1: key(9) } });
  expect(createBlindIndex({ current: 'v1', keys: { v1: key(9), v2: key(8) } })(idNumber)).toBe(index(idNumber));
  expect(createBlindIndex({ current: 'v1', keys: { v1: key(8) } })(idNumber)).not.toBe(index(idNumber));
  expect(index('319999199001010011')).not.toBe(index(idNumber));
});

test('a rotation changes version and index together', () => {
  const keys = { v1: key(9), v2: key(8) };
  expect(createBlindIndex({ current: 'v2', keys })(idNumber)).toMatch(/^v2:[A-Za-z0-9_-]{43}$/);
});

test.each([['no key of that version', {}], ['a short key', { v1: Buffer.alloc(16).toString('base64') }], ['an empty key', { v1: '' }]])('%s is refused at start', (_, keys) => {
  expect(() => createBlindIndex({ current: 'v1', keys })).toThrow('32 bytes');
});
