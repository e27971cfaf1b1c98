import { expect, test } from '@jest/globals';
import { patchSource } from './patchSource.js';

const patch = { file: 'exchange/rules.ts', find: 'b', replace: 'B' };

test('changes what a patch names in its file alone', () => {
  expect(patchSource('/x/exchange/rules.ts', 'abc', [patch, { ...patch, find: 'c', replace: '$&' }])).toBe('aB$&');
  expect(patchSource('/x/exchange/other.ts', 'abc', [patch])).toBe('abc');
});

test('refuses a patch whose place is missing, or there more than once', () => {
  for (const source of ['ac', 'abbc']) expect(() => patchSource('/x/exchange/rules.ts', source, [patch])).toThrow('not once');
});
