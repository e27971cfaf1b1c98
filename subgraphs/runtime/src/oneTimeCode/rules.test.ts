import { expect, test } from '@jest/globals';
import { codeFault, codeOf, codeShown, readCode, selectorOf } from './rules.js';

const now = new Date('2026-05-01T08:00:00Z');
const after = new Date(now.getTime() + 1);
const code = codeOf(Uint8Array.from({ length: 15 }, (_, i) => i * 17));

test('a code is fifteen characters that are mistaken for no others, and read however it was typed', () => {
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{15}$/);
  expect(readCode(codeShown(code))).toBe(code);
  expect(readCode(` ${code.toLowerCase()}\n`)).toBe(code);
  expect(readCode('oOiIlL011-ABCDEF')).toBe('001111011ABCDEF');
  expect(selectorOf(code)).toBe(code.slice(0, 5));
});

test('every character of a code can be drawn', () => {
  expect(new Set(codeOf(Uint8Array.from({ length: 15 }, (_, i) => i)) + codeOf(Uint8Array.from({ length: 15 }, (_, i) => i + 15)) + codeOf(new Uint8Array(15).fill(30)) + codeOf(new Uint8Array(15).fill(31))).size).toBe(32);
});

test.each([['', 'nothing'], ['0'.repeat(14), 'too short'], ['0'.repeat(16), 'too long'], ['U'.repeat(15), 'U is none of them'], [' '.repeat(100), 'a hundred spaces'], ['０'.repeat(15), 'full-width digits'], [`零${code.slice(1)}`, 'another script']])('%j is no code: %s', (text) => {
  expect(readCode(text)).toBeUndefined();
});

test('only who has the right code learns why it is not taken', () => {
  const known = { used: false, expiresAt: after, tries: 4 };
  const [used, late, tried] = [{ ...known, used: true }, { ...known, expiresAt: now }, { ...known, tries: 5 }];
  expect([known, used, late, tried].map((one) => codeFault(one, true, 5, now))).toEqual([null, 'USED', 'EXPIRED', 'LOCKED']);
  for (const one of [known, used, late, tried, undefined]) expect(codeFault(one, false, 5, now)).toBe('INVALID');
});
