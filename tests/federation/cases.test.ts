import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestZone, type Answer, type MemberData, type TestZone } from '../support/zone.js';

/** Each test asks as a clerk of its own, so that none uses up another's limit. */
const viewerLimit = 12;
let zone: TestZone;
beforeAll(async () => { zone = await startTestZone({ provinceEnv: { DELTA_LOOKUP_LIMIT_VIEWER: String(viewerLimit) } }); });
afterAll(async () => { await zone?.close(); });

const key = (): string => crypto.randomUUID();
let clerks = 0;
const clerk = (organization?: string): Promise<string> => zone.token({ subject: `clerk-${(clerks += 1)}`, ...(organization ? { organization } : {}) });
const numberOf = (slug: string, person: 0 | 1 | 2 = 0): string => zone.anchors(slug).people[person].idNumber;
/** A number of the range of demonstrations that no province has loaded. */
const missing = '349999194501010019';

interface CaseData { readonly id: string; readonly purpose: string; readonly state: string; readonly outcome: string | null; readonly closedAt: string | null; readonly expiresAt: string; readonly openedAt: string; readonly organization: { readonly id: string } | null }
interface LookupData { readonly id: string; readonly revealed: readonly string[] | null; readonly case: CaseData | null; readonly member: MemberData & { readonly phone: string | null } | null }

const caseFields = 'id purpose state outcome openedAt expiresAt closedAt organization { id }';
const lookupFields = `id revealed case { ${caseFields} } member { __typename id name phone phoneMasked idNumberMasked withheld { field reason } }`;

const openCase = async (token: string, input: object): Promise<Answer<{ shanghai: { openCase: { case: CaseData } | null } }>> =>
  zone.ask(`mutation($input: OpenCaseInput!) { shanghai { openCase(input: $input) { case { ${caseFields} } } } }`, { input: { clientKey: key(), ...input } }, token);
const closeCase = async (token: string, caseId: string, outcome = 'DONE'): Promise<Answer<{ shanghai: { closeCase: { case: CaseData } | null } }>> =>
  zone.ask(`mutation($input: CloseCaseInput!) { shanghai { closeCase(input: $input) { case { ${caseFields} } } } }`, { input: { caseId, outcome } }, token);
const openLookup = async (token: string, input: object): Promise<Answer<{ shanghai: { openLookup: { lookup: LookupData } | null } }>> =>
  zone.ask(`mutation($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { ${lookupFields} } } } }`, { input: { clientKey: key(), ...input } }, token);
const reveal = async (token: string, input: object): Promise<Answer<{ shanghai: { revealMember: { lookup: LookupData } | null } }>> =>
  zone.ask(`mutation($input: RevealMemberInput!) { shanghai { revealMember(input: $input) { lookup { ${lookupFields} } } } }`,
    { input: { clientKey: key(), reason: 'VERIFY_IDENTITY', ...input } }, token);
const codeOf = async (answer: Promise<Answer<unknown>>): Promise<string | undefined> => (await answer).errors?.[0]?.extensions.code;
const opened = async (token: string, input: object): Promise<CaseData> => {
  const { data, errors } = await openCase(token, input);
  expect(errors).toBeUndefined();
  return data.shanghai.openCase!.case;
};
const service = (slug = 'anhui') => ({ idNumber: numberOf(slug), purpose: 'MEMBER_SERVICE' });

interface AuditRow { readonly kind: string; readonly reference: string; readonly member_id: string | null; readonly purpose: string; readonly fields: string[]; readonly reason: string | null }
const audit = (owner: string, reference: string): Promise<AuditRow[]> => zone.rows(owner, 'select * from audit_entry where reference = $1 order by at, id', [reference]);

describe('a case', () => {
  it('is opened for one person and one purpose, recorded, and asks nobody whether there is such a person', async () => {
    const token = await clerk();
    zone.statements();
    const [known, unknown] = [await openCase(token, service()), await openCase(token, { ...service(), idNumber: missing })];
    expect(Object.keys(zone.statements())).toEqual(['shanghai']);
    for (const { data, errors } of [known, unknown]) {
      expect(errors).toBeUndefined();
      const { case: file } = data.shanghai.openCase!;
      expect(file).toMatchObject({ purpose: 'MEMBER_SERVICE', state: 'OPEN', closedAt: null, outcome: null, organization: { id: zone.anchors('shanghai').clerkOrganizationId } });
      expect(Date.parse(file.expiresAt) - Date.parse(file.openedAt)).toBe(30 * 86_400_000);
      expect(await audit('shanghai', file.id)).toMatchObject([{ kind: 'CASE', member_id: null, purpose: 'MEMBER_SERVICE', fields: [], reason: 'OPENED' }]);
    }
    expect(known.text.length).toBe(unknown.text.length);
  });

  it('is one however often its client key is sent, and the key fits no other person', async () => {
    const token = await clerk();
    const input = { ...service(), clientKey: key() };
    const [first, second] = await Promise.all([opened(token, input), opened(token, input)]);
    expect(second.id).toBe(first.id);
    expect(await audit('shanghai', first.id)).toHaveLength(1);
    expect(await codeOf(openCase(token, { ...input, idNumber: numberOf('anhui', 1) }))).toBe('CLIENT_KEY_REUSED');
  });

  it('opens to a lookup what its purpose needs, which no lookup without it gets', async () => {
    const token = await clerk();
    expect(await codeOf(openLookup(token, service()))).toBe('CASE_REQUIRED');
    const file = await opened(token, service());
    const { data, errors } = await openLookup(token, { ...service(), caseId: file.id });
    expect(errors).toBeUndefined();
    const { lookup } = data.shanghai.openLookup!;
    expect(lookup).toMatchObject({ case: { id: file.id, state: 'OPEN' }, revealed: null, member: { __typename: 'AnhuiMember', phone: null } });
    expect(lookup.member!.phoneMasked).toMatch(/^\*{7}[0-9]{4}$/);
    expect(lookup.member!.name).toMatch(/^.\*+$/);
  });

  it('serves no other person, no other purpose, no other organisation, and not after its end', async () => {
    const token = await clerk();
    const { id: caseId } = await opened(token, service());
    const use = (input: object, as = token): Promise<string | undefined> => codeOf(openLookup(as, { ...service(), caseId, ...input }));
    expect(await use({ idNumber: numberOf('anhui', 1) })).toBe('CASE_MISMATCH');
    expect(await use({ purpose: 'AFFILIATION_TRANSFER' })).toBe('CASE_MISMATCH');
    expect(await use({}, await clerk())).toBeUndefined();
    expect(await use({}, await clerk(zone.anchors('shanghai').people[0].homeOrganizationId))).toBe('NOT_FOUND');
    expect(await use({ caseId: `31-${caseId.slice(3, -12)}000000000000` })).toBe('NOT_FOUND');
    expect(await use({ caseId: `34${caseId.slice(2)}` })).toBe('FOREIGN_ID');
    expect(await use({ caseId: 'no id' })).toBe('MALFORMED_ID');
    await zone.rows('shanghai', `update case_file set expires_at = now() - interval '1 second' where id = $1`, [caseId]);
    expect(await use({})).toBe('CASE_EXPIRED');
    expect(await use({ idNumber: numberOf('anhui', 1) })).toBe('CASE_EXPIRED');
  });

  it('can stand behind a check-in, which needs none', async () => {
    const token = await clerk();
    const { id: caseId } = await opened(token, { ...service(), purpose: 'CHECK_IN' });
    const { data } = await openLookup(token, { ...service(), purpose: 'CHECK_IN', caseId });
    expect(data.shanghai.openLookup!.lookup).toMatchObject({ case: { id: caseId }, member: { __typename: 'AnhuiMember' } });
    const without = await openLookup(token, { ...service(), purpose: 'CHECK_IN' });
    expect(without.data.shanghai.openLookup!.lookup).toMatchObject({ case: null, member: { __typename: 'AnhuiMember' } });
  });

  it('is closed once by two at the same time, and then serves nobody: not a lookup opened before either', async () => {
    const [one, two] = [await clerk(), await clerk()];
    const file = await opened(one, service());
    const before = { ...service(), caseId: file.id, clientKey: key() };
    const { lookup } = (await openLookup(one, before)).data.shanghai.openLookup!;
    const answers = await Promise.all([closeCase(one, file.id), closeCase(two, file.id, 'MISTAKEN')]);
    const won = answers.filter(({ errors }) => errors === undefined);
    expect(won).toHaveLength(1);
    const { outcome } = Object.values(won[0]!.data.shanghai)[0]!.case;
    expect(await audit('shanghai', file.id)).toMatchObject([{ reason: 'OPENED' }, { kind: 'CASE', reason: outcome }]);
    expect(await codeOf(closeCase(two, file.id, outcome!))).toBeUndefined();
    expect(await audit('shanghai', file.id)).toHaveLength(2);

    expect(await codeOf(openLookup(one, { ...service(), caseId: file.id }))).toBe('CASE_CLOSED');
    expect(await codeOf(openLookup(one, before))).toBe('CASE_CLOSED');
    expect(await codeOf(reveal(one, { lookupId: lookup.id, fields: ['NAME'] }))).toBe('CASE_CLOSED');
  });

  it('is closed by its own organisation\'s staff alone', async () => {
    const { id } = await opened(await clerk(), service());
    const elsewhere = await clerk(zone.anchors('shanghai').people[0].homeOrganizationId);
    const unknown = `31-${id.slice(3, -12)}000000000000`;
    const [foreign, absent] = [await closeCase(elsewhere, id), await closeCase(elsewhere, unknown)];
    expect(foreign.errors).toEqual(absent.errors);
    expect(foreign.errors?.[0]?.extensions.code).toBe('NOT_FOUND');
    expect(await codeOf(closeCase(await zone.token({ role: 'member' }), id))).toBe('FORBIDDEN');
    expect(await codeOf(closeCase(await zone.token({ province: 'anhui' }), id))).toBe('OUT_OF_SCOPE');
    expect(await codeOf(closeCase(await zone.token({ role: 'organization_administrator' }), id))).toBeUndefined();
  });
});

describe('the list of cases', () => {
  const list = (token: string, variables: object): Promise<Answer<{ shanghai: { cases: { edges: { node: CaseData }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } | null } }>> =>
    zone.ask(`query($first: Int!, $after: String, $state: CaseState) { shanghai { cases(first: $first, after: $after, filter: { state: $state }) {
      edges { node { ${caseFields} } } pageInfo { hasNextPage endCursor } } } }`, variables, token);

  it('shows an organisation its own, newest first, page by page and by state', async () => {
    const organization = zone.anchors('shanghai').people[1].homeOrganizationId;
    const token = await clerk(organization);
    const files: string[] = [];
    for (const person of [0, 1, 2, 0] as const) files.unshift((await opened(token, { ...service(), idNumber: numberOf('jiangsu', person) })).id);
    await closeCase(token, files[1]!);
    await zone.rows('shanghai', `update case_file set expires_at = now() where id = $1`, [files[2]]);
    zone.statements();
    const whole = (await list(token, { first: 10 })).data.shanghai.cases!;
    expect(zone.statements()['shanghai']!.length).toBeLessThanOrEqual(2);
    expect(whole.edges.map(({ node }) => [node.id, node.state])).toEqual([[files[0], 'OPEN'], [files[1], 'CLOSED'], [files[2], 'EXPIRED'], [files[3], 'OPEN']]);
    const first = (await list(token, { first: 3 })).data.shanghai.cases!;
    const second = (await list(token, { first: 3, after: first.pageInfo.endCursor })).data.shanghai.cases!;
    expect([...first.edges, ...second.edges].map(({ node }) => node.id)).toEqual(files);
    expect([first.pageInfo.hasNextPage, second.pageInfo.hasNextPage]).toEqual([true, false]);
    for (const [state, expected] of [['OPEN', [files[0], files[3]]], ['CLOSED', [files[1]]], ['EXPIRED', [files[2]]]] as const) {
      expect((await list(token, { first: 10, state })).data.shanghai.cases!.edges.map(({ node }) => node.id)).toEqual(expected);
    }
    const other = await clerk();
    expect((await list(other, { first: 100 })).data.shanghai.cases!.edges.some(({ node }) => files.includes(node.id))).toBe(false);
    expect(await codeOf(list(other, { first: 3, after: first.pageInfo.endCursor }))).toBe('CURSOR_TAMPERED');
  });

  it('is for offices of the province alone', async () => {
    expect(await codeOf(list(await zone.token({ role: 'member' }), { first: 3 }))).toBe('FORBIDDEN');
    expect(await codeOf(list(await zone.token({ province: 'anhui' }), { first: 3 }))).toBe('OUT_OF_SCOPE');
    expect((await zone.ask<unknown>('{ shanghai { cases(first: 3) { edges { node { id } } } } }')).errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
  });
});

describe('revealing', () => {
  it('shows the fields asked for in clear, and records who asked for them and why, here and at the owner', async () => {
    const token = await clerk();
    const person = zone.anchors('anhui').people[0];
    const { id: caseId } = await opened(token, service());
    const masked = (await openLookup(token, { ...service(), caseId })).data.shanghai.openLookup!.lookup;
    const { data, errors } = await reveal(token, { lookupId: masked.id, fields: ['PHONE', 'NAME'], reason: 'CONTACT_MEMBER' });
    expect(errors).toBeUndefined();
    const { lookup } = data.shanghai.revealMember!;
    expect(lookup).toMatchObject({ revealed: ['NAME', 'PHONE'], case: { id: caseId }, member: { id: masked.member!.id, name: person.name, phone: person.phone } });
    expect(await audit('shanghai', lookup.id)).toMatchObject([{ kind: 'REVEAL', purpose: 'MEMBER_SERVICE', fields: ['name', 'phone'], reason: 'CONTACT_MEMBER' }]);
    expect(await audit('anhui', lookup.id)).toMatchObject([{ kind: 'DISCLOSURE', member_id: person.id, fields: expect.arrayContaining(['name', 'phone']) as unknown }]);

    const name = (await reveal(token, { lookupId: masked.id, fields: ['NAME'] })).data.shanghai.revealMember!.lookup;
    expect(name).toMatchObject({ revealed: ['NAME'], member: { name: person.name, phone: null } });
    expect(await codeOf(reveal(token, { lookupId: name.id, fields: ['PHONE'] }))).toBe('REVEAL_NOT_ALLOWED');
  });

  it('needs an own lookup that still holds, in a case, of a purpose that opens the fields', async () => {
    const token = await clerk();
    const lookup = async (purpose: string, inCase = true): Promise<string> => {
      const about = { ...service(), purpose };
      const caseId = inCase ? (await opened(token, about)).id : null;
      return (await openLookup(token, { ...about, caseId })).data.shanghai.openLookup!.lookup.id;
    };
    const inService = await lookup('MEMBER_SERVICE');
    expect(await codeOf(reveal(token, { lookupId: await lookup('CHECK_IN', false), fields: ['NAME'] }))).toBe('REVEAL_NEEDS_CASE');
    expect(await codeOf(reveal(token, { lookupId: await lookup('CHECK_IN'), fields: ['NAME'] }))).toBe('REVEAL_NOT_ALLOWED');
    expect(await codeOf(reveal(token, { lookupId: inService, fields: [] }))).toBe('REVEAL_NOT_ALLOWED');
    expect(await codeOf(reveal(await clerk(), { lookupId: inService, fields: ['NAME'] }))).toBe('NOT_FOUND');
    await zone.rows('shanghai', 'update lookup set expires_at = now() where id = $1', [inService]);
    expect(await codeOf(reveal(token, { lookupId: inService, fields: ['NAME'] }))).toBe('GRANT_EXPIRED');
  });

  it('happens once for one client key, and the key fits no other fields', async () => {
    const token = await clerk();
    const { id: caseId } = await opened(token, service());
    const { id: lookupId } = (await openLookup(token, { ...service(), caseId })).data.shanghai.openLookup!.lookup;
    const input = { lookupId, fields: ['NAME'], clientKey: key() };
    const [first, second] = await Promise.all([reveal(token, input), reveal(token, input)]);
    const { id } = first.data.shanghai.revealMember!.lookup;
    expect(second.data.shanghai.revealMember!.lookup.id).toBe(id);
    expect((await audit('shanghai', id)).filter(({ kind }) => kind === 'REVEAL')).toHaveLength(1);
    expect(await codeOf(reveal(token, { ...input, fields: ['NAME', 'PHONE'] }))).toBe('CLIENT_KEY_REUSED');
  });
});

describe('limits', () => {
  const checkIn = (idNumber: string) => ({ idNumber, purpose: 'CHECK_IN' });

  it('refuse a clerk who asks too often, by name and with a time, and record it', async () => {
    const subject = `clerk-${(clerks += 1)}`;
    const token = await zone.token({ subject });
    const answers = await Promise.all(Array.from({ length: viewerLimit + 5 }, (_, i) => openLookup(token, checkIn(numberOf('anhui', (i % 3) as 0)))));
    const refused = answers.filter(({ errors }) => errors !== undefined);
    expect(refused).toHaveLength(5);
    const { extensions } = refused[0]!.errors![0]! as { extensions: { code: string; retryAt?: string } };
    expect(extensions).toMatchObject({ code: 'LOOKUP_LIMIT', scope: 'VIEWER', limit: viewerLimit, province: 'shanghai' });
    const wait = Date.parse(extensions.retryAt!) - Date.now();
    expect(wait).toBeGreaterThan(59 * 60_000);
    expect(wait).toBeLessThanOrEqual(65 * 60_000);
    const recorded = await zone.rows<{ reason: string }>('shanghai', `select reason from audit_entry where kind = 'REFUSAL' and viewer_subject = $1`, [subject]);
    expect(recorded).toEqual(Array(5).fill({ reason: 'LOOKUP_LIMIT' }));
    expect(await codeOf(openLookup(await clerk(), checkIn(numberOf('anhui'))))).toBeUndefined();
  });

  it('hold for many asks in one document, for cases and for what is refused otherwise', async () => {
    const token = await clerk();
    const input = { ...checkIn(numberOf('anhui')), clientKey: '' };
    const asks = Array.from({ length: 10 }, (_, i) => `a${i}: openLookup(input: $i${i}) { lookup { id } }`);
    const document = `mutation(${asks.map((_, i) => `$i${i}: OpenLookupInput!`).join(', ')}) { shanghai { ${asks.join(' ')} } }`;
    const many = (): Promise<Answer<{ shanghai: Record<string, unknown> }>> => zone.ask(document, Object.fromEntries(asks.map((_, i) => [`i${i}`, { ...input, clientKey: key() }])), token);
    const given = async (answer: Promise<Answer<{ shanghai: Record<string, unknown> }>>): Promise<number> => Object.values((await answer).data.shanghai).filter(Boolean).length;
    expect(await given(many())).toBe(10);
    expect(await codeOf(openLookup(token, service()))).toBe('CASE_REQUIRED');
    expect(await given(many())).toBe(1);
    expect(await codeOf(openCase(token, service()))).toBe('LOOKUP_LIMIT');
  });

  it('cost a repeated act nothing', async () => {
    const token = await clerk();
    const same = { ...checkIn(numberOf('anhui')), clientKey: key() };
    const ids = new Set<string>();
    for (let i = 0; i < viewerLimit + 3; i += 1) ids.add((await openLookup(token, same)).data.shanghai.openLookup!.lookup.id);
    expect(ids.size).toBe(1);
  });
});

describe('a refused lookup', () => {
  it.each([
    ['CASE_REQUIRED', async () => ({ token: await clerk(), purpose: 'MEMBER_SERVICE' })],
    ['CASE_MISMATCH', async () => {
      const token = await clerk();
      return { token, purpose: 'MEMBER_SERVICE', caseId: (await opened(token, { idNumber: numberOf('jiangsu'), purpose: 'MEMBER_SERVICE' })).id };
    }],
    ['LOOKUP_LIMIT', async () => {
      const token = await clerk();
      for (let i = 0; i < viewerLimit; i += 1) await openCase(token, service('zhejiang'));
      return { token, purpose: 'CHECK_IN' };
    }],
    ['FORBIDDEN', async () => ({ token: await zone.token({ role: 'grid_worker' }), purpose: 'CHECK_IN' })],
  ] as const)('by %s says the same and costs the same for a person on record and for nobody, and reaches nobody', async (code, prepare) => {
    const { token, ...input } = await prepare();
    const observe = async (idNumber: string): Promise<unknown> => {
      zone.statements();
      const { data, errors, status, text } = await openLookup(token, { ...input, idNumber });
      expect(errors?.[0]?.extensions.code).toBe(code);
      return { data, errors, status, length: text.length, statements: zone.statements() };
    };
    const [known, unknown] = [await observe(numberOf('anhui')), await observe(missing)];
    expect(unknown).toEqual(known);
    expect(Object.keys((known as { statements: object }).statements)).toEqual(['shanghai']);
  });
});
