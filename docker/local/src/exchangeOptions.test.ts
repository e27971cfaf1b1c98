import { expect, test } from '@jest/globals';
import { exchangeHelp, readExchangeOptions } from './exchangeOptions.js';

test('reads what it is asked for', () => {
  expect(readExchangeOptions(['status'])).toEqual({ once: false, zone: undefined });
  expect(readExchangeOptions(['status', '--once', '--zone', '/tmp/zone'])).toEqual({ once: true, zone: '/tmp/zone' });
  expect(readExchangeOptions(['--help'])).toBe('help');
});

test.each([[[]], [['replay']], [['status', 'anhui']], [['status', '--onec']], [['status', '--zone']], [['status', '--zone', '']], [['status', '--once=yes']]])('%j is refused with the usage', (argv) => {
  expect(() => readExchangeOptions(argv)).toThrow(expect.objectContaining({ name: 'Refusal', remedy: `\n${exchangeHelp}` }));
});
