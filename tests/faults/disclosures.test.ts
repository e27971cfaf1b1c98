import { expect, test } from '@jest/globals';
import { compare, shownIn } from './disclosures.js';

const answer = { data: { shanghai: { openLookup: { lookup: { id: '31-x', member: { __typename: 'AnhuiMember', id: 'm-1', name: '赵*', phoneMasked: null, withheld: [] } } } } } };
const shown = shownIn('r-1', answer);
const entry = { requestId: 'r-1', memberId: 'm-1', owner: 'anhui', fields: ['id', 'name'] };

test('reads from an answer whose fields it showed', () => {
  expect(shown).toEqual([entry]);
});

test('what was shown and recorded is fine', () => {
  expect(compare(shown, [entry], new Set(['r-1']))).toEqual({ missing: [], invented: [], inDoubt: 0 });
});

test('names a disclosure that nobody recorded, and a field that is not in the record', () => {
  expect(compare(shown, [], new Set(['r-1'])).missing).toEqual([entry]);
  expect(compare(shown, [{ ...entry, fields: ['id'] }], new Set(['r-1'])).missing).toEqual([entry]);
  expect(compare(shown, [{ ...entry, owner: 'jiangsu' }], new Set(['r-1'])).missing).toEqual([entry]);
});

test('tells what is in doubt from what is invented', () => {
  const lost = { ...entry, requestId: 'r-2' };
  expect(compare(shown, [entry, lost], new Set(['r-1']))).toMatchObject({ invented: [], inDoubt: 1 });
  expect(compare(shown, [entry, lost], new Set(['r-1', 'r-2']))).toMatchObject({ invented: [lost], inDoubt: 0 });
});
