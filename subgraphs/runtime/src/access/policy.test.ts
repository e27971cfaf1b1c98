import { expect, test } from '@jest/globals';
import { roles, type Role } from '@delta/schema/viewer';
import { decide, disclosesNothing, type HeldRelation, type Standing } from './decide.js';
import { policyFields, writtenPolicy } from '../../../../tests/support/policyTable.js';
import { maskedForms, memberFields, needsCase, opensMaskedName, policyRules, relations, revealable, type Relation } from './policy.js';

const purposes = ['CHECK_IN', 'AFFILIATION_TRANSFER', 'ACTIVITY_ADMISSION', 'MEMBER_SERVICE'];
const shown = (standing: Standing): Record<string, string> => Object.fromEntries([...decide(standing, memberFields)]
  .flatMap(([field, decision]): [string, string][] => ('show' in decision ? [[field, decision.show]] : [])));
const reason = (standing: Standing, field: string): unknown => decide(standing, memberFields).get(field);

const purposesOf: Readonly<Record<Relation, readonly string[]>> = { SELF: ['OWN_RECORD'], OWN_SCOPE: ['OWN_WORK'], LOOKUP: [...purposes, 'CURIOSITY', '*'], PRESENT: [...purposes, 'CURIOSITY', '*'] };
const cases = roles.flatMap((role) => relations.flatMap((relation) => purposesOf[relation].map((purpose): [Role, Relation, string] => [role, relation, purpose])));

test('the table names every field that there is, and no other', () => {
  expect([...policyFields].sort()).toEqual([...memberFields].sort());
  for (const rule of policyRules) for (const field of Object.keys(rule.fields)) expect(memberFields).toContain(field);
});

test.each(cases)('%s by %s for %s sees what the table says, without a case, with one, and revealing', (role, relation, purpose) => {
  for (const held of [{}, { inCase: true }, { inCase: true, revealed: ['phone'] }, { inCase: true, revealed: [...memberFields] }]) {
    const relation_ = { relation, purpose, ...held };
    expect(shown({ role, relations: [relation_] })).toEqual(writtenPolicy(role, relation_));
  }
});

test('a reveal opens no more than the purpose lets be revealed', () => {
  const all = { inCase: true, revealed: [...memberFields, 'dataKey'] };
  expect(shown({ role: 'station_clerk', relations: [{ relation: 'LOOKUP', purpose: 'ACTIVITY_ADMISSION', ...all }] })).toMatchObject({ name: 'MASKED' });
  expect(shown({ role: 'station_clerk', relations: [{ relation: 'LOOKUP', purpose: 'MEMBER_SERVICE', ...all }] })).not.toHaveProperty('accessLog');
  expect(roles.flatMap((role) => purposes.map((purpose) => [role, purpose, ...revealable(role, purpose)].join(' '))).filter((line) => line.split(' ').length > 2)).toEqual([
    'branch_secretary AFFILIATION_TRANSFER name phone', 'branch_secretary MEMBER_SERVICE name phone',
    'station_clerk AFFILIATION_TRANSFER name phone', 'station_clerk MEMBER_SERVICE name phone',
  ]);
});

test('transfers and services need a case; check-ins and admissions do not', () => {
  expect(purposes.filter(needsCase)).toEqual(['AFFILIATION_TRANSFER', 'MEMBER_SERVICE']);
});

test('who stands there with a pass opens all that an ID number does without a case, and the name; nothing that needs a case', () => {
  for (const role of ['branch_secretary', 'station_clerk'] as const) {
    for (const purpose of ['CHECK_IN', 'ACTIVITY_ADMISSION']) {
      const byNumber = shown({ role, relations: [{ relation: 'LOOKUP', purpose }] });
      expect(byNumber).toMatchObject({ name: 'MASKED' });
      expect(shown({ role, relations: [{ relation: 'PRESENT', purpose }] })).toEqual({ ...byNumber, name: 'CLEAR' });
    }
    for (const purpose of purposes.filter(needsCase)) expect(shown({ role, relations: [{ relation: 'PRESENT', purpose, inCase: true, revealed: ['phone'] }] })).toEqual({});
  }
});

test('a masked name on paper is shown to whom a lookup without a case would show one', () => {
  expect(roles.flatMap((role) => purposes.filter((purpose) => opensMaskedName(role, purpose)).map((purpose) => `${role} ${purpose}`))).toEqual([
    'branch_secretary CHECK_IN', 'branch_secretary ACTIVITY_ADMISSION', 'station_clerk CHECK_IN', 'station_clerk ACTIVITY_ADMISSION',
  ]);
});

test('whatever is masked somewhere has a masked form', () => {
  for (const rule of policyRules) for (const [field, treatment] of Object.entries(rule.fields)) if (treatment === 'MASKED') expect(maskedForms).toContain(field);
});

test('the reason names what is missing, field by field: the role, the scope, the purpose, a reveal', () => {
  const clerk = (...held: HeldRelation[]): Standing => ({ role: 'station_clerk', relations: held });
  expect(reason({ role: null, relations: [] }, 'name')).toEqual({ withhold: 'ROLE' });
  expect(reason({ role: 'dashboard', relations: [{ relation: 'LOOKUP', purpose: 'CHECK_IN' }] }, 'name')).toEqual({ withhold: 'ROLE' });
  expect(reason(clerk(), 'name')).toEqual({ withhold: 'SCOPE' });
  expect(reason(clerk(), 'accessLog')).toEqual({ withhold: 'ROLE' });
  expect(reason(clerk({ relation: 'LOOKUP', purpose: 'CURIOSITY' }), 'name')).toEqual({ withhold: 'PURPOSE' });
  expect(reason(clerk({ relation: 'LOOKUP', purpose: 'MEMBER_SERVICE' }), 'name')).toEqual({ withhold: 'PURPOSE' });
  expect(reason(clerk({ relation: 'LOOKUP', purpose: 'MEMBER_SERVICE', inCase: true }), 'phone')).toEqual({ withhold: 'NEEDS_REVEAL' });
  expect(reason(clerk({ relation: 'OWN_SCOPE', purpose: 'OWN_WORK' }), 'phone')).toEqual({ withhold: 'PURPOSE' });
});

test('of several relations the most open one holds, field by field', () => {
  const held = [{ relation: 'LOOKUP', purpose: 'MEMBER_SERVICE', inCase: true, revealed: ['phone'] }, { relation: 'OWN_SCOPE', purpose: 'OWN_WORK' }];
  expect(shown({ role: 'station_clerk', relations: held })).toEqual({ ...writtenPolicy('station_clerk', held[1]!), phone: 'CLEAR' });
});

test('nothing shown is told from something shown', () => {
  expect(disclosesNothing(decide({ role: null, relations: [] }, memberFields))).toBe(true);
  expect(disclosesNothing(decide({ role: 'station_clerk', relations: [{ relation: 'LOOKUP', purpose: 'ACTIVITY_ADMISSION' }] }, memberFields))).toBe(false);
});

test('a province\'s own field is withheld until a rule of its own opens it', () => {
  const standing: Standing = { role: 'member', relations: [{ relation: 'SELF', purpose: 'OWN_RECORD' }] };
  expect(decide(standing, ['pioneerCode']).get('pioneerCode')).toEqual({ withhold: 'ROLE' });
  const own = { role: 'member', relation: 'SELF', purpose: '*', fields: { pioneerCode: 'CLEAR' } } as const;
  expect(decide(standing, ['pioneerCode'], [...policyRules, own]).get('pioneerCode')).toEqual({ show: 'CLEAR' });
});
