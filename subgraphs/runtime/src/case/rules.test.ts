import { expect, test } from '@jest/globals';
import { requireUsable, stateOf } from './rules.js';
import type { CaseRecord } from './types.js';

const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));
const file: CaseRecord = {
  id: '31-c', blindIndex: 'v1:x', purpose: 'MEMBER_SERVICE', organizationId: '31-o', openedAt: at(0), expiresAt: at(30), closedAt: null, outcome: null,
};
const closed: CaseRecord = { ...file, closedAt: at(10), outcome: 'DONE' };
const work = { blindIndex: 'v1:x', purpose: 'MEMBER_SERVICE' };
const code = (use: () => void): unknown => {
  try {
    use();
    return 'usable';
  } catch (error) {
    return (error as { code?: string }).code;
  }
};

test('a case is open until its last instant, and closed for good once it was closed', () => {
  expect([at(0), at(29), at(30), at(31)].map((now) => stateOf(file, now))).toEqual(['OPEN', 'OPEN', 'EXPIRED', 'EXPIRED']);
  expect([at(11), at(31)].map((now) => stateOf(closed, now))).toEqual(['CLOSED', 'CLOSED']);
});

test('a case serves its one person and its one purpose', () => {
  expect(code(() => { requireUsable(file, work, at(1)); })).toBe('usable');
  expect(code(() => { requireUsable(file, { ...work, blindIndex: 'v1:y' }, at(1)); })).toBe('CASE_MISMATCH');
  expect(code(() => { requireUsable(file, { ...work, purpose: 'AFFILIATION_TRANSFER' }, at(1)); })).toBe('CASE_MISMATCH');
});

test('a case out of use does not say whom it was about', () => {
  for (const other of [work, { ...work, blindIndex: 'v1:y' }]) {
    expect(code(() => { requireUsable(closed, other, at(11)); })).toBe('CASE_CLOSED');
    expect(code(() => { requireUsable(file, other, at(30)); })).toBe('CASE_EXPIRED');
  }
});
