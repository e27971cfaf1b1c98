import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { documentsCommand } from '@delta/gateway/documentsCommand';
import { readDocumentsSettings } from '@delta/gateway/settings';
import { startTestZone, type TestZone } from '../support/zone.js';

interface Answered { readonly status: number; readonly text: string; readonly data?: Record<string, unknown> | null; readonly errors?: readonly { readonly extensions: { readonly code: string } }[] }
interface Statistics { readonly total: number | null; readonly counties: readonly { readonly division: { readonly code: string; readonly fullName: string }; readonly count: number | null }[]; readonly kinds: readonly { readonly kind: string; readonly count: number | null }[]; readonly countedAt: string }

let zone: TestZone;
let wall: string;
beforeAll(async () => {
  zone = await startTestZone({ members: 2_000 });
  wall = await zone.token({ role: 'dashboard' });
});
afterAll(async () => { await zone?.close(); });

const send = async (body: object, token: string | null = wall): Promise<Answered> => {
  const response = await fetch(new URL('/graphql', zone.gateway.url), { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) } });
  const text = await response.text();
  return { status: response.status, text, ...(JSON.parse(text) as object) };
};
const codes = ({ errors = [] }: Answered): string[] => errors.map(({ extensions }) => extensions.code);
const register = async (document: string): Promise<string> => {
  const file = join(zone.home, 'draft.graphql');
  await writeFile(file, document);
  const [id] = (await documentsCommand(['register', file], readDocumentsSettings({ DELTA_DOCUMENTS_FILE: join(zone.home, 'documents.json') }))).split('\n');
  return id!;
};
const registered = async (document: string, variables: object = {}): Promise<Answered> => {
  const documentId = await register(document);
  for (const end = Date.now() + 10_000; ;) {
    const answer = await send({ documentId, variables });
    if (codes(answer)[0] !== 'DOCUMENT_UNKNOWN' || Date.now() > end) return answer;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
};
const statistics = 'total counties { division { code fullName } count } kinds { kind count } countedAt';

describe('a dashboard', () => {
  it('shows the four provinces\' numbers by a registered document', async () => {
    const answer = await registered(`query Wall($first: Int!) { provinces { code memberStatistics { ${statistics} } organizations(first: $first) { edges { node { id memberCount } } } } }`, { first: 20 });
    expect(answer.errors).toBeUndefined();
    const provinces = answer.data!['provinces'] as { code: string; memberStatistics: Statistics }[];
    expect(provinces.map(({ code }) => code)).toEqual(['31', '32', '33', '34']);
    for (const { memberStatistics } of provinces) expect(memberStatistics.total).toBe(2_000);
  });

  it('asks nothing that is not registered, whatever it is about', async () => {
    const person = zone.anchors('anhui').people[0];
    const documents: [string, object?][] = [
      ['{ provinces { name } }'], ['{ __schema { queryType { name } } }'], ['query($id: ID!) { member(id: $id) { name } }', { id: person.id }], ['{ shanghai { members(first: 1) { edges { node { name } } } } }'],
      ['mutation($i: OpenLookupInput!) { shanghai { openLookup(input: $i) { lookup { member { name } } } } }', { i: { idNumber: person.idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID() } }],
    ];
    zone.statements();
    for (const [query, variables] of documents) expect(codes(await send({ query, variables }))).toEqual(['DOCUMENT_NOT_REGISTERED']);
    expect(codes(await send({ documentId: `sha256:${'0'.repeat(64)}` }))).toEqual(['DOCUMENT_UNKNOWN']);
    expect(Object.values(zone.statements()).flat().filter((sql) => !sql.includes('/* background.'))).toEqual([]);
    // The same documents by a clerk are at least read.
    expect(codes(await send({ query: '{ provinces { name } }' }, await zone.token()))).toEqual([]);
  });

  it('cannot have a document about persons registered', async () => {
    for (const document of ['query($id: ID!) { member(id: $id) { name } }', '{ shanghai { members(first: 1) { edges { cursor } } } }', '{ shanghai { cases(first: 1) { pageInfo { hasNextPage } } } }', '{ viewer { member { id } } }',
      '{ zhejiang { organizations(first: 1) { edges { node { ... on ZhejiangMember { pioneerCode } } } } } }', 'mutation($i: OpenLookupInput!) { shanghai { openLookup(input: $i) { lookup { id } } } }', '{ __type(name: "Member") { fields { name } } }']) {
      await expect(register(document)).rejects.toMatchObject({ code: 'DOCUMENT_INVALID' });
    }
  });

  it('is one document among others to any other role and to visitors', async () => {
    const documentId = await register('{ shanghai { name } }');
    expect((await registered('{ shanghai { name } }')).data).toEqual({ shanghai: { name: '上海市' } });
    for (const token of [null, await zone.token(), await zone.token({ role: 'member' })]) expect((await send({ documentId }, token)).data).toEqual({ shanghai: { name: '上海市' } });
  });
});

describe('statistics of members', () => {
  const ask = async (slug: string): Promise<Statistics> => {
    const answer = await send({ query: `{ ${slug} { memberStatistics { ${statistics} } } }` }, null);
    expect(answer.errors).toBeUndefined();
    return (answer.data![slug] as { memberStatistics: Statistics }).memberStatistics;
  };

  it('are true where they are told, and told by county and form for everybody', async () => {
    const told = await ask('anhui');
    const truth = await zone.rows<{ county: string; kind: string; n: number }>('anhui', 'select left(o.division_code, 6) as county, o.kind, count(m.id)::int as n from organization o left join member m on m.home_organization_id = o.id group by o.id');
    const sum = (of: (row: { county: string; kind: string }) => boolean): number => truth.filter(of).reduce((all, { n }) => all + n, 0);
    expect(told.total).toBe(sum(() => true));
    expect(told.counties.filter(({ count }) => count !== null).length).toBeGreaterThan(50);
    // Development zones have codes of their own in the statistics, and are counted with their city, whose code ends in 00.
    for (const { division, count } of told.counties) if (count !== null && !division.code.endsWith('00')) expect([division.code, count]).toEqual([division.code, sum(({ county }) => county === division.code)]);
    for (const { kind, count } of told.kinds) if (count !== null) expect([kind, count]).toEqual([kind, sum((row) => row.kind === kind)]);
    expect(told.counties.every(({ division }) => /^\p{Script=Han}{3,}$/u.test(division.fullName))).toBe(true);
    expect([...told.counties, ...told.kinds].every(({ count }) => count === null || count >= 5)).toBe(true);
    expect([...told.counties, ...told.kinds].some(({ count }) => count === null)).toBe(true);
  });

  it('give no hidden sum away by subtraction from the total', async () => {
    const { total, counties, kinds } = await ask('shanghai');
    const truth = new Map((await zone.rows<{ kind: string; n: number }>('shanghai', 'select o.kind, count(m.id)::int as n from organization o left join member m on m.home_organization_id = o.id group by 1')).map(({ kind, n }) => [kind, n]));
    for (const list of [counties, kinds]) {
      const hidden = list.filter(({ count }) => count === null);
      expect(hidden.length).not.toBe(1);
      const rest = total! - list.reduce((all, { count }) => all + (count ?? 0), 0);
      if (hidden.length > 0) expect(rest).toBeGreaterThanOrEqual(5);
    }
    // A control: some of what is hidden is indeed small.
    expect(kinds.some(({ kind, count }) => count === null && truth.get(kind)! < 5)).toBe(true);
  });

  it('are counted by one statement, however many ask', async () => {
    zone.statements();
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask('jiangsu')));
    expect((zone.statements()['jiangsu'] ?? []).filter((sql) => sql.includes('/* statistics.')).length).toBeLessThanOrEqual(1);
    expect(new Set(answers.map(({ countedAt }) => countedAt)).size).toBe(1);
  });
});
