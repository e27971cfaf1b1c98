import { expect, test, describe } from '@jest/globals';
import { createEnvelope, type Envelope } from './envelope.js';
import type { MasterKeys } from './masterKeys.js';
import { suiteNames, type SuiteName, type WrappedKey } from './types.js';

const keysOf = (current: string, keys: Record<string, number>): MasterKeys => ({
  current,
  versions: Object.keys(keys),
  key: (version) => {
    if (keys[version] === undefined) throw new Error(`no ${version}`);
    return Buffer.alloc(32, keys[version]);
  },
});
const idNumber = '31999919900101001X';

/** The same bytes with one bit turned. */
const turned = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at < 0 ? bytes.length + at : at]! ^= 1;
  return copy;
};
const withBytes = (key: WrappedKey, bytes: Buffer): WrappedKey => ({ ...key, bytes });

describe.each(suiteNames)('sealed by the suite %s', (suite) => {
  const envelope = createEnvelope(keysOf('v1', { v1: 1 }), suite);
  const { dataKey, sealed } = envelope.sealNew('m-1', { idNumber, phone: '19900000000' });

  test('a secret comes back to the member it belongs to', () => {
    expect(envelope.open('m-1', dataKey, 'idNumber', sealed['idNumber']!)).toBe(idNumber);
    expect(envelope.open('m-1', dataKey, 'phone', sealed['phone']!)).toBe('19900000000');
    expect(dataKey).toMatchObject({ suite, version: 'v1' });
  });

  test('nothing of it can be read without the key, and equal secrets do not look alike', () => {
    expect(sealed['idNumber']!.includes(idNumber)).toBe(false);
    const again = envelope.sealNew('m-1', { idNumber });
    expect(again.sealed['idNumber']!.equals(sealed['idNumber']!)).toBe(false);
    expect(again.dataKey.bytes.equals(dataKey.bytes)).toBe(false);
  });

  test('another member\'s row cannot take it over', () => {
    expect(() => envelope.open('m-2', dataKey, 'idNumber', sealed['idNumber']!)).toThrow();
    const other = envelope.sealNew('m-2', { idNumber });
    expect(() => envelope.open('m-1', dataKey, 'idNumber', other.sealed['idNumber']!)).toThrow();
  });

  test('one secret cannot stand for another of the same member', () => {
    expect(() => envelope.open('m-1', dataKey, 'phone', sealed['idNumber']!)).toThrow();
  });

  test('another province\'s key opens nothing, nor does another suite', () => {
    expect(() => createEnvelope(keysOf('v1', { v1: 2 }), suite).open('m-1', dataKey, 'idNumber', sealed['idNumber']!)).toThrow();
    const other: SuiteName = suite === 'aes' ? 'sm' : 'aes';
    expect(() => envelope.open('m-1', { ...dataKey, suite: other }, 'idNumber', sealed['idNumber']!)).toThrow();
  });

  test('every altered bit is noticed, wherever it lies', () => {
    for (let at = 0; at < sealed['idNumber']!.length; at += 1) expect(() => envelope.open('m-1', dataKey, 'idNumber', turned(sealed['idNumber']!, at))).toThrow();
    for (let at = 0; at < dataKey.bytes.length; at += 1) expect(() => envelope.open('m-1', withBytes(dataKey, turned(dataKey.bytes, at)), 'idNumber', sealed['idNumber']!)).toThrow();
  });

  test('what is cut short is no sealed secret', () => {
    for (let length = 0; length < sealed['idNumber']!.length; length += 1) {
      expect(() => envelope.open('m-1', dataKey, 'idNumber', sealed['idNumber']!.subarray(0, length))).toThrow();
    }
  });

  test('a new version wraps the data key anew and leaves the secrets as they are', () => {
    const later = createEnvelope(keysOf('v2', { v2: 2, v1: 1 }), suite);
    const renewed = later.renew('m-1', dataKey, { ...sealed, note: null });
    expect(renewed.dataKey).toMatchObject({ suite, version: 'v2' });
    expect(renewed.sealed).toEqual({ ...sealed, note: null });
    const alone = createEnvelope(keysOf('v2', { v2: 2 }), suite);
    expect(alone.open('m-1', renewed.dataKey, 'idNumber', sealed['idNumber']!)).toBe(idNumber);
    expect(() => alone.open('m-1', dataKey, 'idNumber', sealed['idNumber']!)).toThrow('v1');
  });

  test('another suite seals everything anew under another data key', () => {
    const other: SuiteName = suite === 'aes' ? 'sm' : 'aes';
    const moved: Envelope = createEnvelope(keysOf('v1', { v1: 1 }), other);
    const renewed = moved.renew('m-1', dataKey, { idNumber: sealed['idNumber']!, phone: null });
    expect(renewed.dataKey.suite).toBe(other);
    expect(renewed.sealed['phone']).toBeNull();
    expect(renewed.sealed['idNumber']!.equals(sealed['idNumber']!)).toBe(false);
    expect(moved.open('m-1', renewed.dataKey, 'idNumber', renewed.sealed['idNumber']!)).toBe(idNumber);
  });
});

test('what the version before this one wrote is still read', () => {
  // Written by AES-256-GCM under HKDF-SHA-256 of 32 bytes of 1, before suites and versions had names.
  const old = { dataKey: 'cspztJ1WJUv5RbuJBDTiLMU/g0VGPhLdcKpMhj8AhQZbxnH5Iy/y8jJw3Pp1V1d6pRFjz4ms001WZP/a', idNumber: 'aTwh1+QV0nZN1ZIpRnEF8V3aB4rfvOMXckixldx3myzW/nuUNV2AzIUNeyRbkQ==' };
  const envelope = createEnvelope(keysOf('v1', { v1: 1 }), 'sm');
  expect(envelope.open('m-1', { suite: 'aes', version: 'v1', bytes: Buffer.from(old.dataKey, 'base64') }, 'idNumber', Buffer.from(old.idNumber, 'base64'))).toBe(idNumber);
});
