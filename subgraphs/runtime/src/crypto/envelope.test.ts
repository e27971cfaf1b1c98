import { expect, test } from '@jest/globals';
import { createEnvelope } from './envelope.js';
import { deriveKey } from './masterKey.js';

const envelope = createEnvelope(Buffer.alloc(32, 1));
const idNumber = '31999919900101001X';
const { dataKey, sealed } = envelope.sealNew('m-1', { idNumber, phone: '19900000000' });

/** The same bytes with one bit turned. */
const turned = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? bytes.length + at : at]! ^= 1;
  return copy;
};

test('a secret comes back to the member it belongs to', () => {
  expect(envelope.open('m-1', dataKey, 'idNumber', sealed['idNumber']!)).toBe(idNumber);
  expect(envelope.open('m-1', dataKey, 'phone', sealed['phone']!)).toBe('19900000000');
});

test('nothing of it can be read without the key, and equal secrets do not look alike', () => {
  expect(sealed['idNumber']!.includes(idNumber)).toBe(false);
  const again = envelope.sealNew('m-1', { idNumber });
  expect(again.sealed['idNumber']!.equals(sealed['idNumber']!)).toBe(false);
  expect(again.dataKey.equals(dataKey)).toBe(false);
});

test('another member\'s row cannot take it over', () => {
  expect(() => envelope.open('m-2', dataKey, 'idNumber', sealed['idNumber']!)).toThrow();
  const other = envelope.sealNew('m-2', { idNumber });
  expect(() => envelope.open('m-1', dataKey, 'idNumber', other.sealed['idNumber']!)).toThrow();
});

test('one secret cannot stand for another of the same member', () => {
  expect(() => envelope.open('m-1', dataKey, 'phone', sealed['idNumber']!)).toThrow();
});

test('another province\'s key opens nothing', () => {
  expect(() => createEnvelope(Buffer.alloc(32, 2)).open('m-1', dataKey, 'idNumber', sealed['idNumber']!)).toThrow();
});

test.each([['nonce', 0], ['text', 12], ['tag', -1]])('an altered bit of the %s is noticed', (_, at) => {
  expect(() => envelope.open('m-1', dataKey, 'idNumber', turned(sealed['idNumber']!, at))).toThrow();
  expect(() => envelope.open('m-1', turned(dataKey, at), 'idNumber', sealed['idNumber']!)).toThrow();
});

test.each([0, 12, 27])('%d bytes are no sealed secret', (length) => {
  expect(() => envelope.open('m-1', dataKey, 'idNumber', sealed['idNumber']!.subarray(0, length))).toThrow();
});

test('a master key gives each use a key of its own, always the same', () => {
  const master = Buffer.alloc(32, 3);
  expect(deriveKey(master, 'cursors').equals(deriveKey(master, 'data-keys'))).toBe(false);
  expect(deriveKey(master, 'cursors').equals(deriveKey(master, 'cursors'))).toBe(true);
  expect(deriveKey(master, 'cursors')).toHaveLength(32);
});
