import { expect, test } from '@jest/globals';
import { roles, type Role } from '@delta/schema/viewer';
import { decide, disclosesNothing, type HeldRelation, type Standing } from './decide.js';
import { maskedForms, memberFields, needsCase, policyRules, relations, revealable, type Relation } from './policy.js';

const purposes = ['CHECK_IN', 'AFFILIATION_TRANSFER', 'ACTIVITY_ADMISSION', 'MEMBER_SERVICE'];
const offices = ['branch_secretary', 'station_clerk'];

/**
 * What each role gets by each relation and purpose, written out apart from the code: C in clear, M masked, R in clear after a
 * reveal (the name masked, the telephone withheld until then). What is not here is nothing. `case`: with an open case only.
 */
const table = `
                               id name gender joinedOn probationary affiliation idNumberMasked phoneMasked phone province homeOrganization accessLog
member SELF OWN_RECORD                  C  C    C      C        C            C           C              C           C     C        C                C
branch_secretary OWN_SCOPE OWN_WORK     C  C    C      C        C            C           C              C           C     C        C                -
station_clerk OWN_SCOPE OWN_WORK        C  C    C      C        C            C           C              C           -     C        C                -
organization_administrator OWN_SCOPE OWN_WORK C C C    C        C            C           C              C           -     C        C                -
office LOOKUP CHECK_IN                  C  M    C      -        C            C           C              -           -     C        C                -
office LOOKUP ACTIVITY_ADMISSION        C  M    -      -        -            C           -              -           -     C        -                -
office LOOKUP AFFILIATION_TRANSFER case C  R    C      C        C            C           C              -           R     C        C                -
office LOOKUP MEMBER_SERVICE case       C  R    -      -        -            C           -              C           R     C        C                -
`.trim().split('\n').map((line) => line.trim().split(/\s+/));

const header = table[0]!;
const expected = new Map(table.slice(1).flatMap((line) => {
  const cells = line.slice(-header.length);
  const [role, relation, purpose, inCase] = line.slice(0, -header.length);
  return (role === 'office' ? offices : [role!]).map((one) => [`${one} ${relation} ${purpose}`, {
    inCase: inCase === 'case', cells: new Map(header.map((field, i) => [field, cells[i]!])),
  }] as const);
}));

const shown = (standing: Standing): Record<string, string> => Object.fromEntries([...decide(standing, memberFields)]
  .flatMap(([field, decision]): [string, string][] => ('show' in decision ? [[field, decision.show]] : [])));
const reason = (standing: Standing, field: string): unknown => decide(standing, memberFields).get(field);

const purposesOf: Readonly<Record<Relation, readonly string[]>> = { SELF: ['OWN_RECORD'], OWN_SCOPE: ['OWN_WORK'], LOOKUP: [...purposes, 'CURIOSITY', '*'] };
const cases = roles.flatMap((role) => relations.flatMap((relation) => purposesOf[relation].map((purpose): [Role, Relation, string] => [role, relation, purpose])));

/** What the table above says of one standing. */
function said(role: Role, { relation, purpose, inCase, revealed }: HeldRelation): Record<string, string> {
  const row = expected.get(`${role} ${relation} ${purpose}`);
  if (!row || (row.inCase && inCase !== true)) return {};
  return Object.fromEntries([...row.cells].flatMap(([field, cell]): [string, string][] => {
    if (cell === 'C' || (cell === 'R' && revealed?.includes(field))) return [[field, 'CLEAR']];
    return cell === 'M' || (cell === 'R' && field === 'name') ? [[field, 'MASKED']] : [];
  }));
}

test('the table names every field that there is, and no other', () => {
  expect([...header].sort()).toEqual([...memberFields].sort());
  for (const rule of policyRules) for (const field of Object.keys(rule.fields)) expect(memberFields).toContain(field);
});

test.each(cases)('%s by %s for %s sees what the table says, without a case, with one, and revealing', (role, relation, purpose) => {
  for (const held of [{}, { inCase: true }, { inCase: true, revealed: ['phone'] }, { inCase: true, revealed: [...memberFields] }]) {
    const relation_ = { relation, purpose, ...held };
    expect(shown({ role, relations: [relation_] })).toEqual(said(role, relation_));
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
  expect(shown({ role: 'station_clerk', relations: held })).toEqual({ ...said('station_clerk', held[1]!), phone: 'CLEAR' });
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
