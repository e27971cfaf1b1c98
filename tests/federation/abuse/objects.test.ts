import { describe, expect, test } from '@jest/globals';
import { codesOf, underAttack } from './attack.js';

const attack = underAttack({ provinceEnv: { DELTA_LOOKUP_LIMIT_PERSON: '1000' } });
const member = (slug: string, n: 0 | 1 | 2 = 0) => attack.now.zone.anchors(slug).people[n];
const ask = async (query: string, variables: object = {}, token?: string | null) => attack.now.zone.ask<Record<string, unknown>>(query, variables, token === undefined ? await attack.now.zone.token() : token);
const openLookup = 'mutation($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { id member';
const input = (slug: string, rest: object = {}) => ({ input: { idNumber: member(slug).idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID(), ...rest } });
const unknown = '01890000-0000-7000-8000-000000000000';

describe('wants another\'s record by its id', () => {
  test('of another province, out of scope, or of nobody: the same answer each time', async () => {
    const answersFor = (id: string) => Promise.all(['{ id }', '{ __typename }', '{ name withheld { field } }'].map(async (fields) => {
      const { data, errors = [] } = await ask(`query($id: ID!) { member(id: $id) ${fields} }`, { id });
      return { data, errors: errors.map(({ message, extensions: { code, province } }) => ({ message, code, province })) };
    }));
    const [elsewhere, outside, nobody] = await Promise.all([member('anhui').id, member('shanghai', 2).id, unknown].map(answersFor));
    expect(elsewhere!.map(({ errors }) => errors.map(({ code, province }) => `${code} ${province}`))).toEqual([['NOT_DISCLOSED shanghai'], [], ['NOT_DISCLOSED shanghai']]);
    expect([outside, nobody]).toEqual([elsewhere, elsewhere]);
  });
  test('without signing in', async () => {
    expect(codesOf(await ask('query($id: ID!) { member(id: $id) { id } }', { id: member('anhui').id }, null))).toEqual(['UNAUTHENTICATED']);
  });
  test('by guessing ids next to a known one', async () => {
    const { id } = member('shanghai');
    for (let i = 0; i < 15; i += 1) {
      const guess = id.slice(0, -1) + i.toString(16);
      if (guess !== id) expect(codesOf(await ask('query($id: ID!) { member(id: $id) { id name } }', { id: guess }))).toEqual(['NOT_DISCLOSED']);
    }
  });
  test('by an organisation of another province as one\'s own', async () => {
    const { data, errors } = await ask('{ anhui { members(first: 1) { edges { node { id name } } } } }');
    expect([(data['anhui'] as { members: null }).members, codesOf({ errors })]).toEqual([null, ['OUT_OF_SCOPE']]);
  });
  test('by `_entities` at the owner', async () => {
    const { zone, direct, context } = attack.now;
    const viewer = { issuer: 'https://x', subject: 's', role: 'station_clerk', province: '31', organization: zone.anchors('shanghai').clerkOrganizationId, member: null } as const;
    const query = JSON.stringify({ query: 'query($r: [_Any!]!) { _entities(representations: $r) { ... on AnhuiMember { id name } } }', variables: { r: [{ __typename: 'AnhuiMember', id: member('anhui').id }] } });
    const answer = await direct('anhui', query, { 'x-delta-context': await context('anhui', query, { viewer }) });
    expect([answer.codes, answer.text.includes('赵')]).toEqual([['NOT_DISCLOSED'], false]);
  });
  test('by going from an organisation or a station to its people', async () => {
    for (const field of ['members(first: 1) { edges { node { id } } }', 'secretary { name }', 'contact { phone }']) {
      expect(codesOf(await ask(`{ anhui { organizations(first: 1) { edges { node { ${field} } } } } }`))).toEqual(['DOCUMENT_INVALID']);
    }
  });
});

describe('wants a masked field in clear', () => {
  const shown = async (selection: string): Promise<string> => {
    const used = Object.entries(fragments).filter(([name]) => selection.includes(`...${name}`)).map(([, text]) => text).join(' ');
    const { text, errors } = await ask(`${openLookup} ${selection} } } } } ${used}`, input('anhui'));
    expect(errors).toBeUndefined();
    return text;
  };
  const fragments = { Whole: 'fragment Whole on Member { id name phone phoneMasked joinedOn idNumberMasked }', Own: 'fragment Own on AnhuiMember { full: name tel: phone day: joinedOn }' };
  test.each([
    ['by an alias', '{ a: name b: name id: name name: idNumberMasked phoneMasked: phone }'],
    ['by a fragment on the interface', '{ ...Whole ...Own }'],
    ['by a fragment on the owner\'s type', '{ ... on AnhuiMember { ...Own ... on Member { x: phone y: name } } ...Whole }'],
    ['by directives', '{ ...Whole @include(if: true) ...Own name @skip(if: false) }'],
  ])('%s', async (_, selection) => {
    const text = await shown(selection);
    expect(text).toContain('赵*');
    expect(text).not.toContain(member('anhui').name);
    expect(text).not.toMatch(/"(phone|tel|x|joinedOn|day)":"/);
  });
  test('by what a mutation gives back', async () => {
    const echo = await ask(`mutation($input: OpenCaseInput!) { shanghai { openCase(input: $input) { case { id purpose state organization { name } } } } }`, input('anhui', { purpose: 'MEMBER_SERVICE' }));
    expect(echo.errors).toBeUndefined();
    expect(echo.text).not.toMatch(/349999|赵/);
  });
  test('by revealing without a case', async () => {
    const { data } = await attack.now.lookUp();
    const reveal = 'mutation($input: RevealMemberInput!) { shanghai { revealMember(input: $input) { lookup { member { name phone } } } } }';
    const answer = await ask(reveal, { input: { lookupId: data.shanghai.openLookup.lookup.id, fields: ['NAME', 'PHONE'], reason: 'CONTACT_MEMBER', clientKey: crypto.randomUUID() } });
    expect(codesOf(answer)).toEqual(['REVEAL_NEEDS_CASE']);
    const other = await ask(reveal, { input: { lookupId: data.shanghai.openLookup.lookup.id, fields: ['NAME'], reason: 'CONTACT_MEMBER', clientKey: crypto.randomUUID() } }, await attack.now.zone.token({ subject: 'another-clerk' }));
    expect(codesOf(other)).toEqual(['NOT_FOUND']);
  });
  test('by another purpose than the case is for, or another person', async () => {
    const opened = await ask('mutation($input: OpenCaseInput!) { shanghai { openCase(input: $input) { case { id } } } }', input('anhui', { purpose: 'MEMBER_SERVICE' }));
    const caseId = (opened.data as { shanghai: { openCase: { case: { id: string } } } }).shanghai.openCase.case.id;
    for (const [slug, purpose] of [['anhui', 'AFFILIATION_TRANSFER'], ['jiangsu', 'MEMBER_SERVICE']] as const) {
      expect(codesOf(await ask(`${openLookup} { name } } } } }`, input(slug, { purpose, caseId })))).toEqual(['CASE_MISMATCH']);
    }
    const elsewhere = await attack.now.zone.token({ organization: `31-${unknown}` });
    expect(codesOf(await ask(`${openLookup} { name } } } } }`, input('anhui', { purpose: 'MEMBER_SERVICE', caseId }), elsewhere))).toEqual(['NOT_FOUND']);
    expect(codesOf(await ask(`${openLookup} { name } } } } }`, input('anhui', { purpose: 'MEMBER_SERVICE', caseId: `31-${unknown}` })))).toEqual(['NOT_FOUND']);
  });
});

describe('wants to infer what is not shown', () => {
  test.each([
    ['by a filter on a field that is withheld', 'members(first: 1, filter: { name: "王" })'], ['by a sort', 'members(first: 1, orderBy: NAME)'],
    ['by a count', 'members(first: 1) { totalCount }'], ['by searching people by name', 'members(first: 1, filter: { text: "王" })'],
  ])('%s: there is none', async (_, field) => {
    expect(codesOf(await ask(`{ shanghai { ${field.includes('{ totalCount') ? field : `${field} { edges { cursor } }`} } }`))[0]).toBe('DOCUMENT_INVALID');
  });
  test('by filtering one\'s own list down to another\'s organisation', async () => {
    const other = `31-${unknown}`;
    const { data } = await ask('query($o: ID!) { shanghai { members(first: 5, filter: { organizationId: $o }) { edges { node { id } } } } }', { o: other });
    expect(data).toEqual({ shanghai: { members: { edges: [] } } });
  });
  test('by counts of few', async () => {
    const { data } = await ask('{ provinces { organizations(first: 100) { edges { node { memberCount } } } memberStatistics { counties { count } kinds { count } } } }', {}, null);
    const counts = JSON.stringify(data).match(/"(memberCount|count)":([0-9]+)/g)?.map((found) => Number(found.split(':')[1])) ?? [];
    expect(counts.filter((count) => count < 5)).toEqual([]);
    expect(counts.length).toBeGreaterThan(0);
  });
});

describe('wants to know whether a person is on record', () => {
  test('from a lookup that is refused', async () => {
    const missing = '349999194501019013';
    const ways = [['CASE_REQUIRED', { purpose: 'MEMBER_SERVICE' }, undefined], ['FORBIDDEN', {}, await attack.now.zone.token({ role: 'grid_worker' })]] as const;
    for (const [expected, rest, token] of ways) {
      const answers = [];
      for (const idNumber of [member('anhui').idNumber, missing]) {
        const { data, errors = [] } = await ask(`${openLookup} { __typename } } } } }`, input('anhui', { ...rest, idNumber }), token);
        answers.push({ data, errors: errors.map(({ message, extensions: { code, remedy, province } }) => ({ message, code, remedy, province })) });
      }
      expect(answers[0]!.errors.map(({ code }) => code)).toEqual([expected]);
      expect(answers[0]).toEqual(answers[1]);
    }
  });
});
