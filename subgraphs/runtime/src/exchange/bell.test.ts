import { expect, test } from '@jest/globals';
import { Bell } from './bell.js';

const took = async (work: () => Promise<void>): Promise<number> => {
  const started = performance.now();
  await work();
  return performance.now() - started;
};

test('who waits goes on when it rings, and else when the time is over', async () => {
  const bell = new Bell();
  setTimeout(() => { bell.ring(); }, 20);
  expect(await took(() => bell.wait(10_000))).toBeLessThan(5_000);
  expect(await took(() => bell.wait(50))).toBeGreaterThan(40);
});

test('a ring before the wait is not slept over, and counts once', async () => {
  const bell = new Bell();
  bell.ring();
  bell.ring();
  expect(await took(() => bell.wait(10_000))).toBeLessThan(5_000);
  expect(await took(() => bell.wait(50))).toBeGreaterThan(40);
});
