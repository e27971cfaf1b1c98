import { runInNewContext } from 'node:vm';
import { expect, test } from '@jest/globals';
import { finish, finishSync, settle, type Answer, type Steps } from './steps.js';

function* sum(...answers: readonly Answer<number>[]): Steps<number> {
  let total = 0;
  for (const answer of answers) total += yield* settle(answer);
  return total;
}

test('answers at hand and promised ones come to the same', async () => {
  expect(finishSync(sum(1, 2))).toBe(3);
  expect(await finish(sum(1, Promise.resolve(2), 3))).toBe(6);
});

test('a promise of another realm is waited for, never taken for an answer', async () => {
  const foreign = runInNewContext('Promise.resolve(2)') as Promise<number>;
  expect(foreign instanceof Promise).toBe(false);
  expect(await finish(sum(1, foreign))).toBe(3);
});

test('a promise where an answer is needed at once is the caller\'s mistake', () => {
  expect(() => finishSync(sum(Promise.resolve(1)))).toThrow(TypeError);
});

test('what a promise fails with reaches the rule that waits for it', async () => {
  function* careful(): Steps<string> {
    try {
      yield* settle(Promise.reject(new Error('gone')));
      return 'never';
    } catch (error) {
      return (error as Error).message;
    }
  }
  expect(await finish(careful())).toBe('gone');
});
