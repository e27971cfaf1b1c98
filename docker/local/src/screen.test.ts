import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { openScreen } from './screen.js';

test('without a terminal a long task says so once every tenth of the way', () => {
  const out = new PassThrough();
  const screen = openScreen(out as unknown as NodeJS.WriteStream);
  for (let done = 0; done <= 10_000; done += 100) screen.progress('anhui', 'members', done, 10_000);
  const lines = String(out.read()).trim().split('\n');
  expect(lines).toHaveLength(10);
  expect(lines[4]?.trim()).toBe('anhui members 50 % (5000/10000)');
});
