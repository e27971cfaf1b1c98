import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { documentsCommand } from './documentsCommand.js';
import { documentIdOf } from './registerableDocument.js';
import { readDocumentsSettings } from './settings.js';
import { codesOf, dashboardToken, startTestZone, type Answer, type TestZone } from './testing/testZone.js';

let zone: TestZone;
let wall: string;
beforeAll(async () => {
  zone = await startTestZone();
  wall = await dashboardToken();
});
afterAll(async () => { await zone.close(); });
beforeEach(() => { zone.seen.length = 0; });

const command = (...argv: string[]): Promise<string> => documentsCommand(argv, readDocumentsSettings({ DELTA_DOCUMENTS_FILE: zone.documentsFile, DELTA_SUPERGRAPH_FILE: zone.supergraphFile }));
const register = async (document: string, name?: string): Promise<string> => {
  const file = join(zone.documentsFile, '../draft.graphql');
  await writeFile(file, document);
  return (await command('register', file, ...(name ? ['--name', name] : []))).split('\n')[0]!;
};
const send = (body: object, token = wall): Promise<Answer> => zone.ask('', { body: JSON.stringify(body), token });
const until = async (condition: () => Promise<boolean>): Promise<void> => {
  for (const end = Date.now() + 15_000; !(await condition());) {
    if (Date.now() > end) throw new Error('it did not come to pass');
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
};
const names = 'query Names { provinces { code name } }';

test('a dashboard runs a registered document by its id, from the moment it is registered until it is removed', async () => {
  const id = await register(`# for the wall\n${names}`);
  expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
  await until(async () => (await send({ documentId: id })).status === 200);
  const answer = await send({ documentId: id, variables: {} });
  expect(answer.errors).toBeUndefined();
  expect(answer.data).toEqual({ provinces: [{ code: '31', name: 'Shanghai' }, { code: '34', name: 'Anhui' }] });
  expect(zone.seen.every(({ viewer }) => viewer?.role === 'dashboard')).toBe(true);
  expect(await command('list')).toBe(`${id} Names`);
  expect(await register(names, 'Again')).toBe(id);
  await command('remove', 'Names');
  await until(async () => codesOf(await send({ documentId: id }))[0] === 'DOCUMENT_UNKNOWN');
});

test('a dashboard runs nothing else, not even what everybody may ask, and no subgraph hears of it', async () => {
  const id = await register(names, 'known');
  await until(async () => (await send({ documentId: id })).status === 200);
  zone.seen.length = 0;
  for (const query of ['{ provinces { code } }', names, '{ __schema { types { name } } }', '{ __typename }', 'not a document', '', 'mutation { shanghai { openLookup(input: {}) { lookup { id } } } }']) {
    const answer = await send({ query });
    expect([answer.status, codesOf(answer)]).toEqual([403, ['DOCUMENT_NOT_REGISTERED']]);
  }
  for (const body of [{}, { documentId: id, query: '{ provinces { code } }' }, { extensions: { persistedQuery: { version: 1, sha256Hash: id.slice(7) } } }]) expect(codesOf(await send(body))).toEqual(['DOCUMENT_NOT_REGISTERED']);
  for (const documentId of ['sha256:0', documentIdOf('{ provinces { code } }'), '__proto__', '']) expect(codesOf(await send({ documentId }))).toEqual(['DOCUMENT_UNKNOWN']);
  expect(codesOf(await send({ documentId: [id] }))).toEqual(['BAD_REQUEST']);
  expect(zone.seen).toEqual([]);
  // The same document by another role runs either way.
  const clerk = await zone.token();
  expect((await send({ documentId: id }, clerk)).data).toEqual((await send({ query: names }, clerk)).data);
});

test('persons cannot be registered, nor acts, the schema, several operations, numbers of persons, or more than the limits allow', async () => {
  const cases: readonly (readonly [string, string])[] = [
    ['{ member(id: "a1") { name } }', 'DOCUMENT_INVALID'],
    ['{ provinces { arrivals(first: 1) { member { name } } } }', 'DOCUMENT_INVALID'],
    ['{ provinces { ... on ShanghaiProvince { arrivals(first: 1) { ... on ShanghaiReception { member { ... on AnhuiMember { name } } } } } } }', 'DOCUMENT_INVALID'],
    ['mutation($i: OpenLookupInput!) { shanghai { openLookup(input: $i) { lookup { id } } } }', 'DOCUMENT_INVALID'],
    ['{ __schema { types { name } } }', 'DOCUMENT_INVALID'],
    ['{ ...A } fragment A on Query { __type(name: "Query") { name } }', 'DOCUMENT_INVALID'],
    ['query A { provinces { code } } query B { provinces { code } }', 'DOCUMENT_INVALID'],
    ['{ provinces {', 'DOCUMENT_INVALID'],
    ['# 349999197511148373\n{ provinces { code } }', 'LITERAL_PERSONAL_DATA'],
    [`{ provinces { ${Array.from({ length: 60 }, (_, i) => `a${i}: name`).join(' ')} } }`, 'DOCUMENT_TOO_WIDE'],
    ['{ provinces { organizations(first: 100000) { edges { cursor } } } }', 'LIST_TOO_LARGE'],
  ];
  for (const [document, code] of cases) await expect(register(document, 'refused')).rejects.toMatchObject({ code });
  await expect(register('{ provinces { name } }', 'a name with spaces')).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  expect(await command('list')).not.toContain('refused');
});

test('what a registered document asks for by its variables is bounded and checked as ever', async () => {
  const id = await register('query Page($first: Int!) { provinces { organizations(first: $first) { edges { node { name } } } } }');
  await until(async () => (await send({ documentId: id, variables: { first: 1 } })).status === 200);
  expect(codesOf(await send({ documentId: id, variables: { first: 1_000_000 } }))).toEqual(['LIST_TOO_LARGE']);
  expect(codesOf(await send({ documentId: id, variables: { first: 'many' } }))).toEqual(['VARIABLES_INVALID']);
  expect(codesOf(await send({ documentId: id }))).toEqual(['VARIABLES_INVALID']);
  expect(codesOf(await send({ documentId: id, variables: [] }))).toEqual(['BAD_REQUEST']);
});

test('a document that somebody writes into the manifest past the command opens no person, and one changed under its id none at all', async () => {
  const { documents } = JSON.parse(await readFile(zone.documentsFile, 'utf8')) as { documents: { id: string; name: string; query: string }[] };
  const person = '{\n  member(id: "a1") {\n    name\n  }\n}';
  const slipped = documentIdOf(person);
  await writeFile(zone.documentsFile, JSON.stringify({ documents: [...documents, { id: slipped, name: 'slipped', query: person }] }));
  await until(async () => codesOf(await send({ documentId: slipped }))[0] === 'DOCUMENT_INVALID');
  zone.seen.length = 0;
  expect((await send({ documentId: slipped })).data).toBeUndefined();
  expect(zone.seen).toEqual([]);

  const good = documents.find(({ name }) => name === 'known')!;
  await writeFile(zone.documentsFile, JSON.stringify({ documents: [{ ...good, query: person }] }));
  await until(async () => zone.log().includes('holds another document under the id'));
  expect((await send({ documentId: good.id })).data).toMatchObject({ provinces: [{ code: '31' }, { code: '34' }] });
  await writeFile(zone.documentsFile, JSON.stringify({ documents }));
});

test('a document is planned when it is registered, before anybody asks for it', async () => {
  const made = async (): Promise<number> => Number(/delta_plan_lookups_total\{outcome="made"\} (\d+)/.exec(await zone.metrics.registry.metrics())?.[1] ?? 0);
  await new Promise((resolve) => { setTimeout(resolve, 1_500); });
  const before = await made();
  const id = await register('query Planned($first: Int!) { shanghai { organizations(first: $first) { edges { node { id name } } } } }');
  await until(async () => (await made()) >= before + 2);
  const after = await made();
  expect((await send({ documentId: id, variables: { first: 1 } })).errors).toBeUndefined();
  expect(await made()).toBe(after);
});
