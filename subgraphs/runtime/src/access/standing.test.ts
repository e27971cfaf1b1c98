import { expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import { standingOf } from './standing.js';

const path = ['31-committee', '31-branch'];
const clerk: Viewer = { issuer: 'i', subject: 's', role: 'station_clerk', province: '31', organization: '31-committee', member: null };
const person: Viewer = { issuer: 'i', subject: 's', role: 'member', province: '31', organization: null, member: 'm-1' };
const relations = (viewer: Viewer | null, why: Parameters<typeof standingOf>[4] = { kind: 'DIRECT' }): string[] =>
  standingOf(viewer, '31', 'm-1', path, why).relations.map(({ relation, purpose }) => `${relation} ${purpose}`);

test('a member stands to the own record as self, and to no other', () => {
  expect(relations(person)).toEqual(['SELF OWN_RECORD']);
  expect(relations({ ...person, member: 'm-2' })).toEqual([]);
  expect(relations({ ...person, member: null })).toEqual([]);
});

test('an organisation has in its scope whom it or one below it holds', () => {
  expect(relations(clerk)).toEqual(['OWN_SCOPE OWN_WORK']);
  expect(relations({ ...clerk, organization: '31-branch' })).toEqual(['OWN_SCOPE OWN_WORK']);
  expect(relations({ ...clerk, organization: '31-elsewhere' })).toEqual([]);
  expect(relations({ ...clerk, organization: null })).toEqual([]);
});

test('another province\'s viewer has neither, whatever ids it names', () => {
  expect(relations({ ...clerk, province: '32' })).toEqual([]);
  expect(relations({ ...person, province: '32' })).toEqual([]);
  expect(relations({ ...clerk, province: null })).toEqual([]);
});

test('a member who holds an organisation\'s id gains no scope by it', () => {
  expect(relations({ ...person, member: 'm-2', organization: '31-committee' })).toEqual([]);
});

test('a lookup stands beside the own relation, for its purpose', () => {
  const why = { kind: 'LOOKUP', purpose: 'CHECK_IN', lookupId: '32-l', inCase: false, reveal: [] } as const;
  expect(relations({ ...clerk, province: '32' }, why)).toEqual(['LOOKUP CHECK_IN']);
  expect(relations(clerk, why)).toEqual(['OWN_SCOPE OWN_WORK', 'LOOKUP CHECK_IN']);
});

test('an anonymous visitor has no standing, not even by a lookup', () => {
  expect(standingOf(null, '31', 'm-1', path, { kind: 'LOOKUP', purpose: 'CHECK_IN', lookupId: '32-l', inCase: false, reveal: [] })).toEqual({ role: null, relations: [] });
});
