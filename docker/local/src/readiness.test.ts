import { expect, test } from '@jest/globals';
import { trackReadiness } from './readiness.js';

const nothing = { kind: 'nothing' };
const zone = () => trackReadiness({ expected: ['gateway', 'anhui'], registering: ['anhui'] });

test('the whole is ready once every service answers and every province has registered its members', () => {
  const readiness = zone();
  expect(readiness.ready('gateway')).toEqual(nothing);
  expect(readiness.ready('anhui')).toEqual(nothing);
  expect(readiness.registered('anhui')).toEqual({ kind: 'ready', missing: [] });
  expect(readiness.registered('anhui')).toEqual(nothing);
});

test('a service that keeps failing is named as missing instead of holding up the others', () => {
  const readiness = zone();
  readiness.ready('gateway');
  expect(readiness.died('anhui')).toEqual(nothing);
  expect(readiness.died('anhui')).toEqual(nothing);
  expect(readiness.died('anhui')).toEqual({ kind: 'ready', missing: ['anhui'] });
  expect(readiness.ready('anhui')).toEqual({ kind: 'back', name: 'anhui' });
});

test('a service that died once during the start still completes it', () => {
  const readiness = zone();
  readiness.ready('gateway');
  readiness.died('anhui');
  readiness.ready('anhui');
  expect(readiness.registered('anhui')).toEqual({ kind: 'ready', missing: [] });
});

test('a service that dies while others are still starting and comes back as the last makes the whole ready', () => {
  const readiness = zone();
  readiness.ready('anhui');
  readiness.registered('anhui');
  readiness.ready('gateway');
  const other = zone();
  other.ready('anhui');
  other.registered('anhui');
  other.died('gateway');
  expect(other.ready('gateway')).toEqual({ kind: 'ready', missing: [] });
});

test('a service that died after the start is told as back', () => {
  const readiness = zone();
  readiness.ready('gateway');
  readiness.ready('anhui');
  readiness.registered('anhui');
  readiness.died('gateway');
  expect(readiness.ready('gateway')).toEqual({ kind: 'back', name: 'gateway' });
});
