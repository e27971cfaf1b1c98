import { describe, expect, test } from '@jest/globals';
import { credentialTimes, inspectionDue, keyInUse, mayBecome, mayIssue, mayRenew, renewalsADay, stateOf } from './rules.js';
import type { HeldPass, KeysTaken, PassKey } from './types.js';

const now = new Date('2026-05-01T08:00:00Z');
const [before, after] = [new Date(now.getTime() - 1), new Date(now.getTime() + 1)];
const pass = (state: HeldPass['state'], more: Partial<HeldPass> = {}): HeldPass => ({ class: 'PHONE', state, codeUntil: after, expiresAt: after, ...more });

test.each([
  [pass('AWAITING_ENROLMENT'), 'AWAITING_ENROLMENT'], [pass('AWAITING_ENROLMENT', { codeUntil: now }), 'LAPSED'],
  [pass('VALID'), 'VALID'], [pass('VALID', { expiresAt: now }), 'EXPIRED'],
  [pass('SUSPENDED'), 'SUSPENDED'], [pass('SUSPENDED', { expiresAt: before }), 'EXPIRED'], [pass('REVOKED', { expiresAt: before }), 'REVOKED'],
] as const)('time makes of %o what it is', (held, seen) => {
  expect(stateOf(held, now)).toBe(seen);
});

describe('whether a pass may be issued', () => {
  const [first, replacing, paper] = [{ class: 'PHONE', reason: 'FIRST' }, { class: 'PHONE', reason: 'KEY_LOST' }, { class: 'PAPER', reason: 'NO_PHONE' }] as const;
  test.each([
    ['a first one to who has none', first, [], null],
    ['a first one to who has one', first, [pass('VALID')], 'PASS_HELD'],
    ['another in its place', replacing, [pass('VALID')], null],
    ['a first one after the end of the last', first, [pass('VALID', { expiresAt: before })], null],
    ['a first one beside paper', first, [pass('VALID', { class: 'PAPER' })], null],
    ['any while a code is open', replacing, [pass('AWAITING_ENROLMENT')], 'PASS_AWAITS_ENROLMENT'],
    ['one after a code that lapsed', first, [pass('AWAITING_ENROLMENT', { codeUntil: before })], null],
    ['one around a suspension', replacing, [pass('SUSPENDED')], 'PASS_SUSPENDED'],
    ['paper around a suspension', paper, [pass('SUSPENDED')], 'PASS_SUSPENDED'],
    ['a phone\'s around a suspension of paper', first, [pass('SUSPENDED', { class: 'PAPER' })], 'PASS_SUSPENDED'],
    ['paper beside a phone\'s', paper, [pass('VALID')], null],
    ['a phone\'s to who has no phone', { class: 'PHONE', reason: 'NO_PHONE' }, [], 'PASS_REASON_UNFIT'],
    ['paper beside an open code', paper, [pass('AWAITING_ENROLMENT')], null],
  ] as const)('%s', (_, wanted, passes, refusal) => {
    expect(mayIssue({ leaving: false, passes }, wanted, now)).toBe(refusal);
    expect(mayIssue({ leaving: true, passes }, wanted, now)).toBe('TRANSFER_UNDER_WAY');
  });
});

test.each([
  ['VALID', null, 'PASS_NOT_SUSPENDED', null], ['SUSPENDED', 'PASS_SUSPENDED', null, null], ['REVOKED', 'PASS_REVOKED', 'PASS_REVOKED', 'PASS_REVOKED'],
  ['AWAITING_ENROLMENT', 'PASS_NOT_ENROLLED', 'PASS_NOT_ENROLLED', null],
] as const)('of a pass that is %s, suspending, resuming and revoking are refused so', (state, ...refusals) => {
  expect((['SUSPENDED', 'VALID', 'REVOKED'] as const).map((next) => mayBecome(pass(state), next, now))).toEqual(refusals);
});

test('what has ended can only be revoked', () => {
  const ended = pass('VALID', { expiresAt: before });
  expect((['SUSPENDED', 'VALID', 'REVOKED'] as const).map((next) => mayBecome(ended, next, now))).toEqual(['PASS_EXPIRED', 'PASS_EXPIRED', null]);
});

test('a pass is renewed while it is valid, and so often a day', () => {
  expect((['VALID', 'SUSPENDED', 'REVOKED', 'AWAITING_ENROLMENT'] as const).map((state) => mayRenew(pass(state), 0, now))).toEqual([null, 'PASS_SUSPENDED', 'PASS_REVOKED', 'PASS_NOT_ENROLLED']);
  expect([mayRenew(pass('VALID', { expiresAt: now }), 0, now), mayRenew(pass('VALID'), renewalsADay - 1, now), mayRenew(pass('VALID'), renewalsADay, now)]).toEqual(['PASS_EXPIRED', null, 'PASS_RENEWAL_LIMIT']);
});

test('the next key takes over when its time comes, and none signs out of its time', () => {
  const key = (kid: string, use: PassKey['use'], from: number, until: number): PassKey => ({ kid, use, from, until, publicKey: new Uint8Array() });
  const keys = [key('aa', 'pass', 0, 100), key('bb', 'pass', 60, 160), key('cc', 'status', 0, 100)];
  expect([0, 59, 60, 99, 100, 159, 160].map((at) => keyInUse(keys, 'pass', at)?.kid)).toEqual(['aa', 'aa', 'bb', 'bb', 'bb', 'bb', undefined]);
  expect(keyInUse(keys, 'status', 100)).toBeUndefined();
});

test('under a trust list only keys sign that it names for their use and does not call stolen, also where another one is newer', () => {
  const key = (kid: string, from: number, use: PassKey['use'] = 'pass'): PassKey => ({ kid, use, from, until: 100, publicKey: new Uint8Array() });
  const keys = [key('aa', 0), key('bb', 60), key('cc', 0, 'status')];
  const naming = (kids: readonly string[], stolen: readonly string[] = []): KeysTaken => ({
    find: (kid) => (kids.includes(kid) ? keys.find((one) => one.kid === kid) : undefined), isCompromised: (kid) => stolen.includes(kid),
  });
  const inUse = (trust: KeysTaken | undefined): string | undefined => keyInUse(keys, 'pass', 70, trust)?.kid;
  expect([undefined, naming(['aa']), naming(['aa', 'bb']), naming(['aa', 'bb'], ['bb']), naming(['aa', 'bb'], ['aa']), naming(['aa', 'bb'], ['aa', 'bb']), naming([])].map(inUse)).toEqual(['bb', 'aa', 'bb', 'aa', 'bb', undefined, undefined]);
  expect(inUse({ find: () => keys[2], isCompromised: () => false })).toBeUndefined();
});

test('a credential begins a minute early, but not before its key, and lives as long as its class may', () => {
  expect(credentialTimes('PHONE', { from: 0 }, 1_000)).toEqual({ notBefore: 940, expires: 940 + 90 * 86_400 });
  expect(credentialTimes('PAPER', { from: 990 }, 1_000)).toEqual({ notBefore: 990, expires: 990 + 30 * 86_400 });
});

test('the inspection is due a year after the issue, and a year after the last one', () => {
  expect(inspectionDue({ issuedAt: new Date('2024-02-29T08:00:00Z'), inspectedAt: null })).toEqual(new Date('2025-02-28T08:00:00Z'));
  expect(inspectionDue({ issuedAt: now, inspectedAt: after })).toEqual(new Date(Date.UTC(2027, 4, 1, 8, 0, 0, 1)));
});
