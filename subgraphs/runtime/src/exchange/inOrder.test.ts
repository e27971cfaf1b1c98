import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { InOrder } from './inOrder.js';

test('what takes longer to prepare is still carried out first, if it came first, and others wait for nobody', async () => {
  const [inOrder, done]: [InOrder, string[]] = [new InOrder(), []];
  const run = (name: string, what: string, ms: number): Promise<string> => inOrder.run(name, () => delay(ms, what), async (prepared) => { done.push(`begin ${prepared}`); await delay(5); done.push(`end ${prepared}`); return prepared; });
  expect(await Promise.all([run('a', 'slow', 40), run('a', 'fast', 1), run('b', 'other', 1)])).toEqual(['slow', 'fast', 'other']);
  expect(done.filter((line) => !line.includes('other'))).toEqual(['begin slow', 'end slow', 'begin fast', 'end fast']);
  expect(done.indexOf('end other')).toBeLessThan(done.indexOf('begin slow'));
});

test('what fails, prepared or carried out, holds up nobody behind it', async () => {
  const inOrder = new InOrder();
  const failing = [inOrder.run('a', async () => { throw new Error('one'); }, async () => 'never'), inOrder.run('a', async () => 1, async () => { throw new Error('two'); })];
  const last = inOrder.run('a', async () => 3, async (prepared) => prepared);
  expect((await Promise.allSettled(failing)).map((outcome) => (outcome as PromiseRejectedResult).reason.message)).toEqual(['one', 'two']);
  expect(await last).toBe(3);
});
