import { describe, expect, test } from '@jest/globals';
import { enteringOf, type Claimed, type Handover, type Held } from './rules.js';

const [memberId, blindIndex] = ['m', 'v1:x'];
const [ab, bc, ca]: Handover[] = [{ from: 'a', to: 'b', version: 2 }, { from: 'b', to: 'c', version: 3 }, { from: 'c', to: 'a', version: 4 }] as [Handover, Handover, Handover];
const held = (province: string, version: number, releases: Handover[] = []): Held => ({ memberId, blindIndex, province, version, releases });
const claim = (holder: string, version: number, releases: Handover[] = []): Claimed => ({ memberId, blindIndex, holder, version, releases });
const against = (has: Held | undefined, ...claims: Claimed[]): string[] => claims.map((each) => enteringOf(each, has, has?.blindIndex === null ? undefined : has));

describe('the directory', () => {
  test('enters whom it does not know, and knows whom it has', () => {
    expect(against(undefined, claim('a', 1))).toEqual(['ENTER']);
    expect(against(held('a', 1), claim('a', 1))).toEqual(['KNOWN']);
  });

  test('follows a member along releases, one step or several', () => {
    expect(against(held('a', 1), claim('b', 2, [ab]), claim('c', 3, [ab, bc]), claim('a', 4, [ab, bc, ca]))).toEqual(['ENTER', 'ENTER', 'ENTER']);
    expect(against(held('b', 2, [ab]), claim('c', 3, [ab, bc]))).toEqual(['ENTER']);
  });

  test('knows already what comes late', () => {
    expect(against(held('c', 3, [ab, bc]), claim('a', 1), claim('b', 2, [ab]), claim('c', 3, [ab, bc]))).toEqual(['KNOWN', 'KNOWN', 'KNOWN']);
    expect(against(held('a', 4, [ab, bc, ca]), claim('c', 3, [ab, bc]))).toEqual(['KNOWN']);
  });

  test('lets a holder raise its own version, so that a release it took back is worth nothing', () => {
    expect(against(held('a', 1), claim('a', 3))).toEqual(['ENTER']);
    expect(against(held('a', 3), claim('b', 2, [ab]))).toEqual(['CLAIM']);
    expect(against(held('a', 3), claim('b', 4, [{ from: 'a', to: 'b', version: 4 }]))).toEqual(['ENTER']);
  });

  test('takes nobody\'s word for another\'s member', () => {
    expect(against(held('a', 1), claim('b', 1), claim('b', 2), claim('b', 9), claim('c', 3, [bc]), claim('c', 3, [ab]))).toEqual(Array(5).fill('CLAIM'));
    expect(against(held('a', 1), claim('c', 2, [ab]), claim('c', 3, [bc, ab]), claim('c', 2, [ab, bc]))).toEqual(Array(3).fill('CLAIM'));
  });

  test('sees that an owner gave one member to two', () => {
    expect(against(held('b', 2, [ab]), claim('c', 2, [{ from: 'a', to: 'c', version: 2 }]), claim('c', 5, [{ from: 'a', to: 'c', version: 5 }]))).toEqual(['CLAIM', 'CLAIM']);
  });

  test('has one id for one person', () => {
    expect(enteringOf({ ...claim('b', 1), memberId: 'other' }, undefined, held('a', 1))).toBe('CLAIM');
    expect(enteringOf({ ...claim('b', 1), memberId: 'other' }, { ...held('b', 1), memberId: 'other', blindIndex: 'v1:y' }, held('a', 1))).toBe('CLAIM');
  });

  test('makes nobody findable again who was shredded', () => {
    const gone = { ...held('b', 2, [ab]), blindIndex: null };
    expect(against(gone, claim('b', 2, [ab]), claim('a', 1), claim('b', 9, [ab]))).toEqual(['KNOWN', 'KNOWN', 'KNOWN']);
    expect(against(gone, claim('c', 9))).toEqual(['CLAIM']);
  });
});
