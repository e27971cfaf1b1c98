import { expect, test } from '@jest/globals';
import { divisionPrefix, publishedCount, requireDivision } from './rules.js';

test('a count under five is not published, not even none', () => {
  expect([0, 1, 4].map(publishedCount)).toEqual([null, null, null]);
  expect([5, 6, 1000].map(publishedCount)).toEqual([5, 6, 1000]);
});

test.each([['310118', '310118'], ['310100', '3101'], ['310000', '31'], ['310118102', '310118102'], ['320500', '3205'], ['341000', '3410'], ['310', '310']])(
  'the division %s covers all that begins with %s', (code, prefix) => { expect(divisionPrefix(code)).toBe(prefix); });

test('a filter without a division, or with a known one, passes as it is', () => {
  const known = (code: string): boolean => code === '310118';
  expect(requireDivision(null, known)).toEqual({});
  expect(requireDivision(undefined, known)).toEqual({});
  expect(requireDivision({ divisionCode: null }, known)).toEqual({ divisionCode: null });
  expect(requireDivision({ divisionCode: '310118' }, known)).toEqual({ divisionCode: '310118' });
});

test.each(['310999', '999999', '31011', '%'])('the division %j is unknown', (divisionCode) => {
  expect(() => requireDivision({ divisionCode }, (code) => code === '310118')).toThrow(expect.objectContaining({ code: 'UNKNOWN_DIVISION' }));
});
