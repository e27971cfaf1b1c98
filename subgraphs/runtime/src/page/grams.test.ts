import { expect, test } from '@jest/globals';
import { gramsOf, searchGrams } from './grams.js';

/** What the GIN index asks: every gram of the search is a gram of the text. */
const matches = (search: string, text: string): boolean => searchGrams(search).every((gram) => gramsOf(text).includes(gram));

test.each([
  ['青浦', '青浦区练塘镇党群服务中心'], ['练塘镇', '青浦区练塘镇党群服务中心'], ['浦', '青浦区'], ['ＡＢＣ', 'abc 大厦'], ['a座', '软件园A座'], ['3号', '人民路3号'], ['青浦 练塘', '青浦区练塘镇'],
])('%s is found in %s', (search, text) => { expect(matches(search, text)).toBe(true); });

test.each([['浦青', '青浦区'], ['吴江', '青浦区'], ['青浦', '青色的浦东'], ['江苏', '长江和苏州']])('%s is not found in %s', (search, text) => {
  expect(matches(search, text)).toBe(false);
});

test('a character outside the basic plane is one character', () => {
  expect(gramsOf('𠮷村')).toEqual(['𠮷', '村', '𠮷村']);
  expect(searchGrams('𠮷')).toEqual(['𠮷']);
});

test('words do not run into each other, and each gram stands once', () => {
  expect(gramsOf('青浦-青浦', null, '镇')).toEqual(['青', '浦', '青浦', '镇']);
});

test.each(['', '   ', '%_', '…', '。', 'a'.repeat(41)])('the search %j is refused', (search) => {
  expect(() => searchGrams(search)).toThrow(expect.objectContaining({ code: 'SEARCH_TEXT' }));
});
