import { expect, test } from '@jest/globals';
import { contradict, type Head } from './rules.js';

const head = (seq: string, hash: string, minute: number): Head => ({ seq, hash, at: new Date(Date.UTC(2026, 9, 1, 8, minute)) });
const either = (a: Head, b: Head): boolean[] => [contradict(a, b), contradict(b, a)];

test('a chain that grows contradicts nothing, and neither does the same head signed twice', () => {
  expect(either(head('9', 'a', 0), head('10', 'b', 5))).toEqual([false, false]);
  expect(either(head('9', 'a', 0), head('9', 'a', 5))).toEqual([false, false]);
});

test('two hashes for one place contradict each other', () => {
  expect(either(head('9', 'a', 0), head('9', 'b', 0))).toEqual([true, true]);
});

test('a chain that was shorter later contradicts the longer one; clocks that differ by seconds do not', () => {
  expect(either(head('10', 'a', 0), head('9', 'b', 5))).toEqual([true, true]);
  expect(either(head('10', 'a', 1), head('9', 'b', 1))).toEqual([false, false]);
});
