import { expect, test } from '@jest/globals';
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import { PassRefusal } from '../refusals/passRefusal.js';
import { fromHex } from './bytes.js';
import { decodeCbor, type CborValue } from './decodeCbor.js';
import { encodeCbor } from './encodeCbor.js';

const read = (hex: string): CborValue => decodeCbor(fromHex(hex), 'credential');
function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    if (error instanceof PassRefusal) return error.code;
    throw error;
  }
}

test.each<[string, CborValue]>([
  ['00', 0], ['17', 23], ['1818', 24], ['18ff', 255], ['190100', 256], ['1a00010000', 65536], ['1b0000000100000000', 2 ** 32], ['1b001fffffffffffff', 2 ** 53 - 1],
  ['20', -1], ['3863', -100], ['f6', null], ['40', new Uint8Array()], ['43010203', Uint8Array.of(1, 2, 3)], ['62c3bc', 'ü'], ['80', []], ['8201820203', [1, [2, 3]]], ['a0', new Map()],
  ['a201022003', new Map([[1, 2], [-1, 3]])],
])('%s is read', (hex, value) => {
  expect(read(hex)).toEqual(value);
  expect(Buffer.from(encodeCbor(value)).toString('hex')).toBe(hex);
});

test.each([
  ['', 'TRUNCATED'], ['18', 'TRUNCATED'], ['4201', 'TRUNCATED'], ['8101ff', 'TRAILING_BYTES'], ['81', 'TRUNCATED'], ['5affffffff', 'TRUNCATED'], ['9affffffff00', 'TRUNCATED'], ['0000', 'TRAILING_BYTES'],
  ['1800', 'NOT_DETERMINISTIC'], ['1817', 'NOT_DETERMINISTIC'], ['1900ff', 'NOT_DETERMINISTIC'], ['1a0000ffff', 'NOT_DETERMINISTIC'], ['1b00000000ffffffff', 'NOT_DETERMINISTIC'], ['5800', 'NOT_DETERMINISTIC'],
  ['5f4101ff', 'NOT_DETERMINISTIC'], ['7f6101ff', 'NOT_DETERMINISTIC'], ['9f01ff', 'NOT_DETERMINISTIC'], ['bf0101ff', 'NOT_DETERMINISTIC'], ['ff', 'NOT_DETERMINISTIC'],
  ['a202010101', 'NOT_DETERMINISTIC'], ['a220010101', 'NOT_DETERMINISTIC'], ['a201010102', 'DUPLICATE_KEY'], ['a3010102010101', 'DUPLICATE_KEY'],
  ['c000', 'TAG_UNKNOWN'], ['d2', 'TAG_UNKNOWN'], ['61ff', 'INVALID_UTF8'], ['62c0af', 'INVALID_UTF8'], ['63eda080', 'INVALID_UTF8'], ['6bc0afc0afc0afc0afc0af41', 'INVALID_UTF8'],
  ['8181818180', 'TOO_DEEP'], ['f4', 'MALFORMED'], ['f5', 'MALFORMED'], ['f7', 'MALFORMED'], ['f90000', 'MALFORMED'], ['fb3ff199999999999a', 'MALFORMED'], ['e0', 'MALFORMED'], ['f818', 'MALFORMED'],
  ['1c', 'MALFORMED'], ['1b0020000000000000', 'MALFORMED'], ['1bffffffffffffffff', 'MALFORMED'], ['a1400000', 'MALFORMED'], ['a1f600', 'MALFORMED'],
])('%s is refused with %s', (hex, code) => {
  expect(codeOf(() => read(hex))).toBe(code);
});

test('what is not deterministic is read where a profile says so, and nothing else of it', () => {
  const read2 = (hex: string) => decodeCbor(fromHex(hex), 'credential', { deterministic: false });
  expect(read2('1800')).toBe(0);
  expect(read2('a202010101')).toEqual(new Map([[2, 1], [1, 1]]));
  for (const [hex, code] of [['a201010102', 'DUPLICATE_KEY'], ['9f01ff', 'NOT_DETERMINISTIC'], ['c000', 'TAG_UNKNOWN']] as const) expect(codeOf(() => read2(hex))).toBe(code);
});

test('whatever is accepted, cborg reads the same and writes back the same bytes', () => {
  let state = 1;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % below;
  };
  const value = (depth: number): CborValue => {
    switch (draw(depth > 3 ? 5 : 7)) {
      case 0: return draw(2 ** 22) * (draw(2) ? 2 ** 20 : 1);
      case 1: return -1 - draw(70_000);
      case 2: return Uint8Array.from({ length: draw(30) }, () => draw(256));
      case 3: return ['', '31', '王*', 'ü', 'zhejiang'][draw(5)]!;
      case 4: return null;
      case 5: return Array.from({ length: draw(4) }, () => value(depth + 1));
      default: return new Map(Array.from({ length: draw(4) }, () => [draw(2) ? draw(300) - 150 : `k${draw(9)}`, value(depth + 1)] as const));
    }
  };
  let accepted = 0;
  for (let i = 0; i < 20_000; i += 1) {
    const bytes = encodeCbor(value(0));
    for (let flips = draw(3); flips > 0 && bytes.length > 0; flips -= 1) bytes[draw(bytes.length)] = draw(256);
    let read: CborValue;
    try {
      read = decodeCbor(bytes, 'credential');
    } catch (error) {
      if (!(error instanceof PassRefusal)) throw error;
      continue;
    }
    accepted += 1;
    expect(decode(bytes, { useMaps: true, strict: true, allowIndefinite: false })).toEqual(read);
    expect(Buffer.compare(encode(read, rfc8949EncodeOptions), bytes)).toBe(0);
  }
  expect(accepted).toBeGreaterThan(5000);
});
