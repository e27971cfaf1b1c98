import { expect, test } from '@jest/globals';
import { roles, type Role } from '@delta/schema/viewer';
import { decide, disclosesNothing, mayListMembers, mayOpenLookup, memberFields, type Relation, type Standing, type Treatment } from './policy.js';

const purposes = ['CHECK_IN', 'AFFILIATION_TRANSFER', 'ACTIVITY_ADMISSION', 'MEMBER_SERVICE'];
const everything = Object.fromEntries(memberFields.map((field) => [field, 'CLEAR']));
const routing = { id: 'CLEAR', name: 'MASKED', affiliation: 'CLEAR', province: 'CLEAR', homeOrganization: 'CLEAR' };

/** What each role may see by each relation and purpose, written out apart from the code. What is not here is nothing. */
const table: Record<string, Record<string, string>> = {
  'member SELF OWN_RECORD': everything,
  'branch_secretary OWN_SCOPE OWN_WORK': everything,
  'station_clerk OWN_SCOPE OWN_WORK': everything,
  ...Object.fromEntries(['branch_secretary', 'station_clerk'].flatMap((role) => [
    [`${role} LOOKUP CHECK_IN`, { ...routing, gender: 'CLEAR', probationary: 'CLEAR', idNumberMasked: 'CLEAR' }],
    [`${role} LOOKUP AFFILIATION_TRANSFER`, { ...routing, gender: 'CLEAR', probationary: 'CLEAR', joinedOn: 'CLEAR', idNumberMasked: 'CLEAR' }],
    [`${role} LOOKUP ACTIVITY_ADMISSION`, { id: 'CLEAR', name: 'MASKED', affiliation: 'CLEAR', province: 'CLEAR' }],
    [`${role} LOOKUP MEMBER_SERVICE`, { ...routing, phoneMasked: 'CLEAR' }],
  ])),
};

const shown = (standing: Standing): Record<string, Treatment> => Object.fromEntries([...decide(standing, memberFields)]
  .flatMap(([field, decision]): [string, Treatment][] => ('show' in decision ? [[field, decision.show]] : [])));
const reasons = (standing: Standing): string[] => [...new Set([...decide(standing, memberFields).values()].flatMap((decision) => ('withhold' in decision ? [decision.withhold] : [])))];

const cases = roles.flatMap((role) => (['SELF', 'OWN_SCOPE', 'LOOKUP'] as Relation[]).flatMap((relation) =>
  ({ SELF: ['OWN_RECORD'], OWN_SCOPE: ['OWN_WORK'], LOOKUP: [...purposes, 'CURIOSITY'] })[relation].map((purpose): [Role, Relation, string] => [role, relation, purpose])));

test.each(cases)('%s by %s for %s sees what the table says', (role, relation, purpose) => {
  expect(shown({ role, relations: [{ relation, purpose }] })).toEqual(table[`${role} ${relation} ${purpose}`] ?? {});
});

test('the reason names what is missing: the role, the scope or the purpose', () => {
  expect(reasons({ role: null, relations: [] })).toEqual(['ROLE']);
  expect(reasons({ role: 'dashboard', relations: [{ relation: 'LOOKUP', purpose: 'CHECK_IN' }] })).toEqual(['ROLE']);
  expect(reasons({ role: 'station_clerk', relations: [] })).toEqual(['SCOPE']);
  expect(reasons({ role: 'station_clerk', relations: [{ relation: 'LOOKUP', purpose: 'CURIOSITY' }] })).toEqual(['PURPOSE']);
});

test('of several relations the most open one holds, field by field', () => {
  const both = shown({ role: 'station_clerk', relations: [{ relation: 'LOOKUP', purpose: 'ACTIVITY_ADMISSION' }, { relation: 'OWN_SCOPE', purpose: 'OWN_WORK' }] });
  expect(both).toEqual(everything);
});

test('nothing shown is told from something shown', () => {
  expect(disclosesNothing(decide({ role: null, relations: [] }, memberFields))).toBe(true);
  expect(disclosesNothing(decide({ role: 'station_clerk', relations: [{ relation: 'LOOKUP', purpose: 'ACTIVITY_ADMISSION' }] }, memberFields))).toBe(false);
});

test('a province\'s own field is withheld until a rule of its own opens it', () => {
  const standing: Standing = { role: 'member', relations: [{ relation: 'SELF', purpose: 'OWN_RECORD' }] };
  expect(decide(standing, ['pioneerCode']).get('pioneerCode')).toEqual({ withhold: 'PURPOSE' });
  const own = { role: 'member', relation: 'SELF', purpose: '*', fields: { pioneerCode: 'CLEAR' } } as const;
  expect(decide(standing, ['pioneerCode'], [own]).get('pioneerCode')).toEqual({ show: 'CLEAR' });
});

test('clerks and secretaries open lookups and list their own members; nobody else does', () => {
  const may = ['branch_secretary', 'station_clerk'];
  expect(roles.filter(mayOpenLookup)).toEqual(may);
  expect(roles.filter(mayListMembers)).toEqual(may);
});
