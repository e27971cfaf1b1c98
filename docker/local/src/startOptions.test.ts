import { expect, test } from '@jest/globals';
import { readStartOptions } from './startOptions.js';

test('leaves the number of members to the provinces unless told', () => {
  expect(readStartOptions([])).toEqual({ help: false, reset: false, members: undefined });
  expect(readStartOptions(['--members', '250', '--reset'])).toEqual({ help: false, reset: true, members: 250 });
  expect(readStartOptions(['--no-data']).members).toBe(0);
});

test.each([[['--members', '1e3']], [['--members', '-1']], [['--members', '99999999']], [['--no-data', '--members', '1']], [['--rest']], [['zone']]])('%j is refused', (argv) => {
  expect(() => readStartOptions(argv)).toThrow();
});
