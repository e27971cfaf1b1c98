import { expect, test } from '@jest/globals';
import { arrivalOf, isNews, versionAfterDecline } from './rules.js';

const id = 'm';

test('a member that was never here, or went away under a lower version, is taken', () => {
  expect(arrivalOf(id, undefined, 2, undefined)).toBe('TAKE');
  expect(arrivalOf(id, { version: 2, held: false }, 3, undefined)).toBe('TAKE');
});

test('what was taken before is only told again, also if it has gone on or was shredded since', () => {
  expect(arrivalOf(id, { version: 2, held: true }, 2, id)).toBe('KNOWN');
  expect(arrivalOf(id, { version: 3, held: false }, 2, undefined)).toBe('KNOWN');
});

test('nobody is held twice: neither under one id nor under two', () => {
  expect(arrivalOf(id, { version: 1, held: true }, 2, id)).toBe('ALREADY_HELD');
  expect(arrivalOf(id, undefined, 2, 'another')).toBe('ALREADY_HELD');
});

test('a record that has come round is taken over what is held here still, by this province\'s own release alone', () => {
  expect(arrivalOf(id, { version: 1, held: true }, 4, id, 2)).toBe('TAKE');
  expect(arrivalOf(id, { version: 3, held: true }, 4, id, 2)).toBe('ALREADY_HELD');
  expect(arrivalOf(id, { version: 1, held: true }, 4, 'another', 2)).toBe('ALREADY_HELD');
  expect(arrivalOf(id, { version: 4, held: true }, 4, id, 5)).toBe('KNOWN');
});

test('a receipt counts once, and not for a record that has come back since', () => {
  expect([isNews({ version: 1, held: true }, 2), isNews(undefined, 2), isNews({ version: 2, held: false }, 2), isNews({ version: 3, held: true }, 2)]).toEqual([true, true, false, false]);
});

test('who was declined stands above its own release', () => {
  expect(versionAfterDecline(2)).toBe(3);
});
