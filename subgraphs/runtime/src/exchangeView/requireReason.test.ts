import { expect, it } from '@jest/globals';
import { requireReason } from './requireReason.js';

it('takes a sentence of 1 to 200 characters, without the spaces around it', () => {
  expect(requireReason('  已修复，重试 ')).toBe('已修复，重试');
  expect(requireReason('长'.repeat(200))).toHaveLength(200);
  expect([...requireReason('𠮷'.repeat(200))]).toHaveLength(200);
});

it.each([['nothing', ' '], ['too much', 'a'.repeat(201)], ['several lines', 'one\ntwo'], ['an ID number', 'about 349999197511148373'], ['one with spaces in it', '349999 19751114 8373'], ['a mobile number', 'call 13912345678']])('refuses %s', (_, text) => {
  expect(() => requireReason(text)).toThrow(expect.objectContaining({ code: 'REASON_INVALID' }));
});
