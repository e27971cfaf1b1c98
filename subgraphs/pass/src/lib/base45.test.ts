import { describe, expect, test } from '@jest/globals';
import { PassRefusal } from '../refusals/passRefusal.js';
import { decodeBase45, encodeBase45 } from './base45.js';

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const decode = (value: string): Uint8Array => decodeBase45(value, 0, 'credential');
function codeOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    return error instanceof PassRefusal ? error.code : String(error);
  }
}

describe('base45', () => {
  test.each([['AB', 'BB8'], ['Hello!!', '%69 VD92EX0'], ['base-45', 'UJCLQE7W581'], ['ietf!', 'QED8WEX0'], ['', '']])('%j is %j, as RFC 9285 shows', (plain, encoded) => {
    expect(encodeBase45(new TextEncoder().encode(plain))).toBe(encoded);
    expect(text(decode(encoded))).toBe(plain);
  });

  test('every pair of bytes and every single byte comes back', () => {
    for (let value = 0; value < 65536; value += 1) {
      const bytes = Uint8Array.of(value >> 8, value & 255);
      if (decode(encodeBase45(bytes)).join() !== bytes.join()) throw new Error(`${value} does not come back`);
    }
    for (let value = 0; value < 256; value += 1) expect([...decode(encodeBase45(Uint8Array.of(value)))]).toEqual([value]);
  });

  test('two texts never stand for the same bytes: what decodes is what encodes', () => {
    const characters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
    let taken = 0;
    for (const a of characters) for (const b of characters) for (const c of characters) {
      const group = a + b + c;
      if (codeOf(() => decode(group)) === 'none') {
        taken += 1;
        if (encodeBase45(decode(group)) !== group) throw new Error(`${group} is a second text`);
      }
    }
    expect(taken).toBe(65536);
  });

  test.each([
    ['GGW', 'BASE45_OVERFLOW'], [':::', 'BASE45_OVERFLOW'], ['U5', 'none'], ['V5', 'BASE45_OVERFLOW'], ['FGW', 'none'], ['::', 'BASE45_OVERFLOW'], ['A', 'BASE45_LENGTH'], ['BB8A', 'BASE45_LENGTH'],
    ['a', 'BASE45_CHARACTER'], ['BB8\n', 'BASE45_CHARACTER'], ['B_8', 'BASE45_CHARACTER'], ['Ｂ', 'BASE45_CHARACTER'], ['B8\u0000', 'BASE45_CHARACTER'], ['=', 'BASE45_CHARACTER'],
  ])('%j gives %s', (value, code) => {
    expect(codeOf(() => decode(value))).toBe(code);
  });

  test('nothing is trimmed: a space is a character, which no whole text ends with', () => {
    expect(encodeBase45(Uint8Array.of(0, 36))).toBe(' 00');
    expect([...decode(' 00')]).toEqual([0, 36]);
    expect([...decode('0 0')]).toEqual([6, 84]);
    for (const value of ['00 ', '0 ', 'BB80 ']) expect(codeOf(() => decode(value))).toBe('BASE45_OVERFLOW');
  });
});
