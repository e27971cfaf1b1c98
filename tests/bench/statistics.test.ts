import { expect, test } from '@jest/globals';
import { median, mannWhitney, quantile, slope } from './statistics.js';

test('medians of odd and even numbers of values, and quantiles', () => {
  expect([median([3, 1, 2]), median([4, 1, 3, 2]), quantile([5, 1, 2, 3, 4], 0.8)]).toEqual([2, 2.5, 5]);
});

test('the slope of points on a line, around one, and of too few', () => {
  expect([slope([[0, 1], [1, 3], [2, 5]]), slope([[0, 0], [0, 9], [2, 4], [2, 5]]), slope([[1, 1]]), slope([])]).toEqual([2, 0, 0, 0]);
});

test('the rank test agrees with pairs counted one by one, and with the error function', () => {
  const { u, p } = mannWhitney([1, 2, 3, 4, 5, 6, 7, 8], [5, 6, 7, 8, 9, 10, 11, 12]);
  expect(u).toBe(8);
  expect(p).toBeCloseTo(0.011473, 5);
});

test('one distribution is not told apart, a shift of a tenth of its spread in ten thousand is', () => {
  let seed = 1;
  const random = (): number => { seed = (seed * 48_271) % 2_147_483_647; return seed / 2_147_483_647; };
  const draw = (shift: number): number[] => Array.from({ length: 10_000 }, () => random() + random() + shift);
  expect(mannWhitney(draw(0), draw(0)).p).toBeGreaterThan(0.01);
  expect(mannWhitney(draw(0), draw(0.04)).p).toBeLessThan(0.001);
});
