import { expect, test } from '@jest/globals';
import { createCursors } from './cursor.js';
import { readPage, toConnection } from './page.js';

const cursors = createCursors('31', () => [Buffer.alloc(32, 7)]);
const rows = (count: number): { id: string }[] => Array.from({ length: count }, (_, i) => ({ id: `id-${i}` }));

test.each([0, -1, 101, 1.5, Number.NaN])('a page of %d is refused', (first) => {
  expect(() => readPage(cursors, 'l', { first })).toThrow(expect.objectContaining({ code: 'PAGE_SIZE' }));
});

test.each([1, 100])('a page of %d is read from the start', (first) => {
  for (const after of [undefined, null]) expect(readPage(cursors, 'l', { first, after: after ?? null })).toEqual({ first, list: 'l', position: null });
});

test('an empty cursor is no start', () => {
  expect(() => readPage(cursors, 'l', { first: 1, after: '' })).toThrow(expect.objectContaining({ code: 'CURSOR_MALFORMED' }));
});

test('one row more than asked for says that more follow, and is not shown', () => {
  const page = toConnection(cursors, { first: 2, list: 'l', position: null }, rows(3));
  expect(page.edges.map(({ node }) => node.id)).toEqual(['id-0', 'id-1']);
  expect(page.pageInfo.hasNextPage).toBe(true);
  expect(readPage(cursors, 'l', { first: 2, after: page.pageInfo.endCursor }).position).toBe('id-1');
});

test('the last page says so, also when it is full', () => {
  expect(toConnection(cursors, { first: 2, list: 'l', position: null }, rows(2)).pageInfo.hasNextPage).toBe(false);
});

test('an empty list has no cursor to go on from', () => {
  expect(toConnection(cursors, { first: 2, list: 'l', position: null }, [])).toEqual({ edges: [], pageInfo: { hasNextPage: false, endCursor: null } });
});
