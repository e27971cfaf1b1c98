import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { Kind, parse } from 'graphql';
import { clientSchema } from '@delta/schema/compose';
import { measureDocument, type Measure } from './measureDocument.js';
import { readSupergraph } from './readSupergraph.js';
import { supergraph } from './testing/contract.js';

const sdl = supergraph();
const by = { schema: clientSchema(sdl), edges: readSupergraph(sdl, 'zone').edges };
function measure(query: string, variables = {}): Measure {
  const document = parse(query);
  const [operation] = document.definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the first definition is the operation');
  return measureDocument(document, operation, variables, by);
}

test('finds the zone edges of a supergraph: fields of the zone alone that lead to what others serve', () => {
  const edges = (p: string): string[] => ['Lookup.member', 'Reception.member', 'Flow.reception'].map((edge) => p + edge);
  expect([...by.edges].sort()).toEqual([...edges('Shanghai'), ...edges('Anhui'), ...edges(''), 'Query.provinces', 'Query.province', 'Query.member', 'Viewer.province'].sort());
  const platform = readFileSync(fileURLToPath(new URL('../../schema/supergraph.graphql', import.meta.url)), 'utf8');
  const found = readSupergraph(platform, 'zone');
  expect([...found.subgraphs.keys()]).toEqual(['anhui', 'jiangsu', 'shanghai', 'zhejiang', 'zone']);
  for (const edge of ['Query.provinces', 'Query.province', 'Query.member', 'Query.organization', 'Query.station', 'Viewer.province', 'Viewer.organization', 'Viewer.member', 'Lookup.member', 'AnhuiLookup.member']) expect([edge, found.edges.has(edge)]).toEqual([edge, true]);
  for (const edge of ['Query.viewer', 'Query.shanghai', 'Province.name', 'ShanghaiProvince.name', 'Member.homeOrganization', 'Lookup.grant', 'Lookup.id']) expect([edge, found.edges.has(edge)]).toEqual([edge, false]);
});

test('counts zone edges along each path, through fragments and types', () => {
  expect(measure('{ shanghai { organizations(first: 1) { edges { cursor } } } }').hops).toBe(0);
  expect(measure('mutation($i: OpenLookupInput!) { shanghai { openLookup(input: $i) { lookup { member { name } } } } }').hops).toBe(1);
  expect(measure('{ province(code: "31") { arrivals(first: 1) { member { name } } } }').hops).toBe(2);
  expect(measure('{ province(code: "31") { arrivals(first: 1) { ... on ShanghaiReception { ...R } } } } fragment R on Reception { member { ...M } } fragment M on Member { flows { reception { id } } }').hops).toBe(3);
  // Two paths of one edge each are no path of two.
  expect(measure('{ a: member(id: "a") { name } b: member(id: "b") { name } }')).toMatchObject({ hops: 1, hopWeight: 2 });
});

test('weighs an edge twice as much as the one it lies behind', () => {
  expect(measure('{ member(id: "a") { flows { reception { member { name } } } } }')).toMatchObject({ hops: 3, hopWeight: 7 });
});

test('measures depth, fields, aliases and root fields with fragments expanded', () => {
  expect(measure('{ ...R ...R b: shanghai { name } } fragment R on Query { a: shanghai { name ... { code } } }')).toMatchObject({ depth: 2, fields: 8, aliases: 3, rootFields: 3 });
  expect(measure('{ __schema { types { fields { type { ofType { ofType { name } } } } } } shanghai { name } }').depth).toBe(2);
});

test('multiplies the sizes of nested lists, whichever way they are given', () => {
  expect(measure('{ shanghai { organizations(first: 50) { edges { cursor } } } }').rows).toBe(50);
  expect(measure('{ provinces { organizations(first: 50) { edges { cursor } } } }').rows).toBe(2 + 2 * 50);
  expect(measure('query($n: Int!) { provinces { organizations(first: $n) { edges { cursor } } } }', { n: 100 }).rows).toBe(202);
  expect(measure('query($n: Int! = 7) { shanghai { organizations(first: $n) { edges { cursor } } } }').rows).toBe(7);
  expect(measure('{ shanghai { ...O ...O } } fragment O on Province { organizations(first: 5) { edges { cursor } } }').rows).toBe(10);
});

test('takes time linear in the document for fragments that double a hundred times, and for those that contain themselves', () => {
  const bomb = `{ ...F0 } ${Array.from({ length: 100 }, (_, i) => `fragment F${i} on Query { ...F${i + 1} ...F${i + 1} }`).join(' ')} fragment F100 on Query { provinces { organizations(first: 100) { edges { cursor } } } }`;
  const started = performance.now();
  expect(measure(bomb).fields).toBeGreaterThan(1e29);
  expect(measure('{ ...A } fragment A on Query { shanghai { name } ...B } fragment B on Query { ...A }')).toMatchObject({ fields: 2 });
  expect(performance.now() - started).toBeLessThan(200);
});
