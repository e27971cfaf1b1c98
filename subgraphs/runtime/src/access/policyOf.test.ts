import { expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import type { Queryable } from '../db/database.js';
import type { PolicyRule } from './policy.js';
import { policyOf } from './policyOf.js';
import { createHeldRelations, type RecordedRelation } from './recordedRelation.js';
import { standingOf } from './standing.js';

const row = (rest: Partial<PolicyRule>): PolicyRule => ({ role: 'grid_worker', relation: 'GRID', purpose: '*', fields: { id: 'CLEAR', phone: 'CLEAR' }, ...rest });
const asked: string[][] = [];
const grid: RecordedRelation = {
  relation: 'GRID', meaning: { en: 'the member lives in the viewer\'s grid', zh: '本网格' }, rules: [row({})],
  find: async (_, viewer, memberIds) => { asked.push([...memberIds]); return new Map(viewer.subject === 'of the grid' ? [['m-1', ['OWN_WORK']]] : []); },
};
const worker: Viewer = { issuer: 'i', subject: 'of the grid', role: 'grid_worker', province: '31', organization: '31-a', member: null };
const db = {} as Queryable;

const shown = async (viewer: Viewer, memberId: string): Promise<string[] | null> => {
  const held = await createHeldRelations(db, viewer, [grid])(memberId);
  const decisions = policyOf([], [grid]).decide(standingOf(viewer, '31', memberId, [], { kind: 'DIRECT' }, held));
  return decisions && [...decisions].flatMap(([field, decision]) => ('show' in decision ? [field] : []));
};

test('a relation that a concept finds in the records opens what its rows open, to whom the records name', async () => {
  expect(await shown(worker, 'm-1')).toEqual(['id', 'phone']);
  expect(await shown(worker, 'm-2')).toBeNull();
  expect(await shown({ ...worker, subject: 'of another grid' }, 'm-1')).toBeNull();
  expect(await shown({ ...worker, role: 'province_auditor' }, 'm-1')).toBeNull();
});

test('the records are asked once for all members of a request, and never for a visitor', async () => {
  asked.length = 0;
  const held = createHeldRelations(db, worker, [grid]);
  await Promise.all(['m-1', 'm-2', 'm-1'].map(held));
  expect(asked).toEqual([['m-1', 'm-2']]);
  expect(await createHeldRelations(db, null, [grid])('m-1')).toEqual([]);
  expect(asked).toHaveLength(1);
});

test.each([
  ['the row of a province\'s own field that opens another', () => policyOf([{ name: 'pioneerCode', rules: [row({ relation: 'SELF', fields: { pioneerCode: 'CLEAR', phone: 'CLEAR' } })] }], [])],
  ['a row by a relation that nobody registered', () => policyOf([{ name: 'phone', rules: [row({ fields: { phone: 'CLEAR' } })] }], [])],
  ['a relation\'s row that rests on another relation', () => policyOf([], [{ ...grid, rules: [row({ relation: 'OWN_SCOPE' })] }])],
  ['a row for a field that is none', () => policyOf([], [{ ...grid, rules: [row({ fields: { dataKey: 'CLEAR' } })] }])],
  ['a mask where there is none', () => policyOf([], [{ ...grid, rules: [row({ fields: { phone: 'MASKED' } })] }])],
  ['two relations of one name', () => policyOf([], [grid, { ...grid, relation: 'LOOKUP', rules: [] }])],
])('%s is refused when the province starts', (_, compose) => {
  expect(compose).toThrow(/polic/);
});

test('the same standing is decided once, another apart', () => {
  const { decide } = policyOf([], []);
  const clerk = (revealed: string[]) => decide({ role: 'station_clerk', relations: [{ relation: 'LOOKUP', purpose: 'MEMBER_SERVICE', inCase: true, revealed }] });
  expect(clerk(['phone'])).toBe(clerk(['phone']));
  expect(clerk(['phone'])?.get('phone')).toEqual({ show: 'CLEAR' });
  expect(clerk([])?.get('phone')).toEqual({ withhold: 'NEEDS_REVEAL' });
});
