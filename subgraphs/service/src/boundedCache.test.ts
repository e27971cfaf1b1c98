import { expect, test } from '@jest/globals';
import { BoundedCache } from './boundedCache.js';

test('drops the entry that was used longest ago', () => {
  const dropped: string[] = [];
  const cache = new BoundedCache<string, number>(2, (key) => dropped.push(key));
  cache.set('a', 1);
  cache.set('b', 2);
  expect(cache.get('a')).toBe(1);
  cache.set('c', 3);
  expect([cache.get('a'), cache.get('b'), cache.get('c'), cache.size]).toEqual([1, undefined, 3, 2]);
  expect(dropped).toEqual(['b']);
});
