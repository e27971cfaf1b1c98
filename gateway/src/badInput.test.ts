import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { codesOf, startTestZone, type Answer, type TestZone } from './testing/testZone.js';

const number = '349999197511148373';
let zone: TestZone;
beforeAll(async () => { zone = await startTestZone({ env: { DELTA_LIMIT_BODY_BYTES: '20000' } }); });
afterAll(async () => { await zone.close(); });

/** Nothing that a client is refused with may repeat what it sent, name the inside, or have reached a subgraph or the log. */
function expectRefused(answer: Answer, status: number, code: string): void {
  expect([answer.status, codesOf(answer)]).toEqual([status, [code]]);
  expect(answer.text).not.toContain('349999');
  expect(answer.text).not.toMatch(/stack|Did you mean|:\/\/|node_modules|select /);
  expect(answer.errors?.[0]?.extensions['remedy']).toEqual(expect.any(String));
  expect(zone.log()).not.toContain('349999');
}
const refused = async (query: string, status: number, code: string, variables?: object): Promise<Answer> => {
  zone.seen.length = 0;
  const answer = await zone.ask(query, { variables });
  expectRefused(answer, status, code);
  expect(zone.seen).toEqual([]);
  return answer;
};
const nested = (levels: number): string => `{ shanghai { organizations(first: 1) { edges { node ${'{ parent '.repeat(levels)}{ name }${' }'.repeat(levels)} } } } }`;

test('an ID number anywhere in the document', async () => {
  const open = (given: string): string => `mutation { shanghai { openLookup(input: { idNumber: ${given}, purpose: CHECK_IN }) { lookup { id } } } }`;
  for (const query of [
    open(`"${number}"`), open('"34999919751114837X"'), open('"349999751114837"'), open(number), open('"３４９９９９１９７５１１１４８３７３"'),
    open('"\\u0033\\u0034\\u0039999197511148373"'), open('"349999 19751114 8373"'), open(`"""\n  ${number}\n"""`), open('"too short"'),
    `{ member(id: "m-${number}-x") { name } }`,
    `# ${number}\n{ shanghai { name } }`, `{ x${number}: shanghai { name } }`, `query Q${number} { shanghai { name } }`,
    `mutation($i: OpenLookupInput! = { idNumber: "${number}", purpose: CHECK_IN }) { shanghai { openLookup(input: $i) { lookup { id } } } }`,
    'mutation($n: String! = "3499991975111483") { shanghai { openLookup(input: { idNumber: $n, purpose: CHECK_IN }) { lookup { id } } } }',
    'mutation($n: String! = "abc") { shanghai { openLookup(input: { idNumber: $n, purpose: CHECK_IN }) { lookup { id } } } }',
    `{ shanghai { organizations(first: ${number}) { edges { cursor } } } }`,
    `{ broken "${number}`,
  ]) await refused(query, 400, 'LITERAL_PERSONAL_DATA');
  expectRefused(await zone.ask('query A { shanghai { name } }', { operationName: `A${number}` }), 400, 'LITERAL_PERSONAL_DATA');
  // Numbers beside each other are no number of a person.
  expect(codesOf(await zone.ask('{ shanghai { organizations(first: [310118 310115 320500]) { edges { cursor } } } }'))).toEqual(['DOCUMENT_INVALID']);
  expect((await zone.ask('{ member(id: "0194244f-d800-7e83-a258-1334ea2f7930") { name } }')).errors).toBeUndefined();
});

test('a variable that does not fit, named by where it stands and not by what it holds', async () => {
  const lookup = 'mutation($input: OpenLookupInput!) { shanghai { openLookup(input: $input) { lookup { id } } } }';
  const cases: readonly (readonly [object, string])[] = [
    [{ input: { idNumber: Number(number), purpose: 'CHECK_IN' } }, 'The variable $input.idNumber does not fit its type String!.'],
    [{ input: { idNumber: 'x', purpose: number } }, 'The variable $input.purpose does not fit its type Purpose!: one of CHECK_IN, OTHER.'],
    [{ input: { idNumber: 'x' } }, 'The variable $input lacks the field purpose of type Purpose!.'],
    [{ input: { idNumber: 'x', purpose: 'CHECK_IN', limit: number } }, 'The variable $input.limit does not fit its type Int.'],
    [{ input: { idNumber: 'x', purpose: 'CHECK_IN', [`a${number}`]: 1 } }, 'The variable $input does not fit its type OpenLookupInput!.'],
    [{ input: number }, 'The variable $input does not fit its type OpenLookupInput!.'],
    [{}, 'The variable $input is needed and not given.'],
  ];
  for (const [variables, message] of cases) expect((await refused(lookup, 400, 'VARIABLES_INVALID', variables)).errors?.[0]?.message).toBe(message);
  await refused('query($first: Int!) { shanghai { organizations(first: $first) { edges { cursor } } } }', 400, 'VARIABLES_INVALID', { first: number });
});

test('a document that does not parse or fit the schema', async () => {
  expect((await refused('{ shanghai { name ', 400, 'DOCUMENT_INVALID')).errors?.[0]?.message).toBe('The document cannot be parsed at line 1, column 19.');
  expect((await refused('{ shanghai { nam } }', 400, 'DOCUMENT_INVALID')).errors?.[0]?.message).toBe('Cannot query field "nam" on type "ShanghaiProvince".');
  expect((await refused('{ province(code: SECRET) { name } }', 400, 'DOCUMENT_INVALID')).text).not.toContain('SECRET');
  expect((await refused('mutation($n: String!) { shanghai { openLookup(input: { idNumber: $n, purpose: SECRET }) { lookup { id } } } }', 400, 'DOCUMENT_INVALID', { n: 'x' })).text).not.toContain('SECRET');
  await refused('{ member(id: "x") { via } }', 400, 'DOCUMENT_INVALID');
  await refused('subscription { a }', 400, 'DOCUMENT_INVALID');
});

test('too large, too deep, too wide, too many rows, too many hops', async () => {
  await refused(`{ ${'shanghai { name } '.repeat(600)} }`, 400, 'DOCUMENT_TOO_LARGE');
  expect((await refused(nested(20), 400, 'DOCUMENT_TOO_DEEP')).errors?.[0]?.extensions).toMatchObject({ limit: 16, found: 25 });
  await refused(`{ shanghai { ${Array.from({ length: 60 }, (_, i) => `a${i}: name`).join(' ')} } }`, 400, 'DOCUMENT_TOO_WIDE');
  await refused(`{ ${Array.from({ length: 30 }, (_, i) => `a${i}: shanghai { name }`).join(' ')} }`, 400, 'DOCUMENT_TOO_WIDE');
  await refused('{ provinces { arrivals(first: 100) { id } organizations(first: 10000) { edges { cursor } } } }', 400, 'LIST_TOO_LARGE');
  await refused('query($n: Int!) { provinces { organizations(first: $n) { edges { cursor } } } }', 400, 'LIST_TOO_LARGE', { n: 1_000_000 });
  const hops = '{ province(code: "31") { arrivals(first: 1) { member { flows { reception { member { name } } } } } } }';
  expect((await refused(hops, 400, 'TOO_MANY_PROVINCE_HOPS')).errors?.[0]?.extensions).toMatchObject({ limit: 3, found: 4 });
  await refused(`{ ...A } fragment A on Query { province(code: "31") { arrivals(first: 1) { ...B } } }
    fragment B on ShanghaiReception { member { ... on AnhuiMember { flows { ...C } } } } fragment C on Flow { reception { member { name } } }`, 400, 'TOO_MANY_PROVINCE_HOPS');
});

test('fragments that expand to billions of fields, or contain themselves, cost no time', async () => {
  const bomb = `{ ...F0 } ${Array.from({ length: 60 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F60 on Query { shanghai { name } }`;
  const answer = await refused(bomb, 400, 'DOCUMENT_TOO_WIDE');
  expect(answer.ms).toBeLessThan(500);
  const cycle = await zone.ask('{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }');
  expect([cycle.status, new Set(codesOf(cycle))]).toEqual([400, new Set(['DOCUMENT_INVALID'])]);
});

test('what is no single GraphQL request by POST', async () => {
  const raw = (body: string): Promise<Answer> => zone.ask('', { body });
  expectRefused(await raw(JSON.stringify([{ query: '{ shanghai { name } }' }])), 400, 'BATCH_REFUSED');
  expectRefused(await raw(`{"query": "${number}`), 400, 'BAD_REQUEST');
  expectRefused(await raw('"x"'), 400, 'BAD_REQUEST');
  expectRefused(await raw('{}'), 400, 'BAD_REQUEST');
  expectRefused(await raw(JSON.stringify({ query: '{ shanghai { name } }', variables: [number] })), 400, 'BAD_REQUEST');
  expectRefused(await raw(JSON.stringify({ query: 'query A { shanghai { name } } query B { shanghai { name } }' })), 400, 'BAD_REQUEST');
  expectRefused(await raw(JSON.stringify({ query: ' '.repeat(30_000) })), 413, 'BODY_TOO_LARGE');
  expectRefused(await raw(JSON.stringify({ extensions: { persistedQuery: { version: 1, sha256Hash: 'a' } } })), 400, 'BAD_REQUEST');
  expectRefused(await zone.ask('{ shanghai { name } }', { headers: { 'content-type': 'text/plain' } }), 415, 'BAD_REQUEST');
  const get = await fetch(`${zone.gateway.url}/graphql?query={shanghai{name}}&variables={"a":"${number}"}`);
  expect([get.status, get.headers.get('allow'), (await get.text()).includes('METHOD_NOT_ALLOWED')]).toEqual([405, 'POST', true]);
  expect(zone.log()).not.toContain('349999');
});
