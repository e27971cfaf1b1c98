import { expect, test } from '@jest/globals';
import { holdsIdNumber, scrub, showsIdNumber } from './personalData.js';

test('recognises ID numbers of 15, 17 and 18 characters wherever they stand', () => {
  for (const text of ['349999900307001', '34999919900307001', '349999199003070012', '34999919900307001X', '34999919900307001x', 'x349999199003070012y', '34999 919900 3070012', '３４９９９９１９９００３０７００１２', '349999\u200b199003070012']) {
    expect([text, holdsIdNumber(text)]).toEqual([text, true]);
  }
});

test('takes numbers that follow each other in a text for one only within a value', () => {
  expect([showsIdNumber('[310118 310115 320500]'), holdsIdNumber('310118 310115 320500')]).toEqual([false, true]);
  expect(showsIdNumber('# ３４９９９９\u200b199003070012')).toBe(true);
});

test('takes no identifier of the platform for an ID number', () => {
  for (const text of ['31-01980f3e-7c1a-7a52-8f00-123456789012', '310118001', '2026-01-01T10:00:00.000Z', '13800000000', '青浦']) expect([text, holdsIdNumber(text)]).toEqual([text, false]);
});

test('scrubs numbers of persons, tokens and connection strings, and leaves the rest', () => {
  expect(scrub('no 349999199003070012 at postgres://u:p@h/db, call 13800000000')).toBe('no [number removed] at postgres://[removed] call [number removed]');
  expect(scrub('got eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln')).toBe('got [token removed]');
  expect(scrub('organization 31-01980f3e-7c1a-7a52-8f00-123456789012')).toBe('organization 31-01980f3e-7c1a-7a52-8f00-123456789012');
});
