import { expect, test } from '@jest/globals';
import { admitsAgainAt, bucketEnds, bucketSeconds, lookupEnds, policyNames, schemaNameOf, shardsOf } from './rules.js';
import type { Limit } from './types.js';

const hour: Limit = { scope: 'VIEWER', admits: 60, windowSeconds: 3_600 };

test('an ask counts for at least its window, and a twelfth longer at most', () => {
  expect(bucketSeconds(hour)).toBe(300);
  const bucket = 1_000;
  const [first, last] = [bucket * 300, (bucket + 1) * 300 - 1];
  const end = bucketEnds(hour, bucket).getTime() / 1000;
  expect(end - last).toBeGreaterThan(3_600);
  expect(end - first).toBeLessThanOrEqual(3_600 + 300);
});

test('a full scope admits again when so much is forgotten that there is room for one', () => {
  expect(admitsAgainAt(hour, { 100: 1, 105: 59 })).toEqual(bucketEnds(hour, 100));
  expect(admitsAgainAt(hour, { 105: 60 })).toEqual(bucketEnds(hour, 105));
  expect(admitsAgainAt(hour, { 100: 1, 101: 1, 105: 60 })).toEqual(bucketEnds(hour, 105));
  expect(admitsAgainAt(hour, { 9: 30, 10: 30 })).toEqual(bucketEnds(hour, 9));
});

test('a small counter is one row and so exact; a large one is split, in no more rows than are summed quickly', () => {
  expect([10, 60, 300, 500].map((admits) => shardsOf({ admits }))).toEqual([1, 1, 1, 1]);
  expect([501, 5_000, 100_000_000].map((admits) => shardsOf({ admits }))).toEqual([2, 10, 16]);
});

test('a lookup lasts five minutes, and no longer than its case', () => {
  const now = new Date(Date.UTC(2026, 0, 1));
  const in5 = new Date(now.getTime() + 300_000);
  expect(lookupEnds(now, null)).toEqual(in5);
  expect(lookupEnds(now, new Date(now.getTime() + 86_400_000))).toEqual(in5);
  expect(lookupEnds(now, new Date(now.getTime() + 1_000))).toEqual(new Date(now.getTime() + 1_000));
});

test('what can be revealed has a name in the schema and one in the policy', () => {
  for (const [name, field] of Object.entries(policyNames)) expect(schemaNameOf(field)).toBe(name);
  expect(schemaNameOf('gender')).toBeUndefined();
});
