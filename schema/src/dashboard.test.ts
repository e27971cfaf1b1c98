import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { buildSchema, isObjectType, parse, validate, type GraphQLSchema } from 'graphql';
import { clientSchema, compose } from './compose.js';
import { dashboardFile, dashboardSchema, printDashboardSchema } from './dashboard.js';
import { readPublished } from './published.js';

const client = clientSchema(compose(readPublished()));
const variant = dashboardSchema(client);
const typeNames = (schema: GraphQLSchema): string[] => Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith('__'));
const fields = (schema: GraphQLSchema, type: string): string[] => Object.keys((schema.getType(type) as unknown as { getFields(): object }).getFields());
const fits = (query: string, schema = variant): boolean => validate(schema, parse(query)).length === 0;

test('the committed variant is what the published subgraphs give', () => {
  expect(printDashboardSchema(client)).toBe(readFileSync(dashboardFile, 'utf8'));
});

test('holds no type of a person, a case, a lookup or a look at a record, of no province, and no page of them', () => {
  const about = /Member(?!Statistics)|Case|Lookup|AccessLog|Withheld|Reveal/;
  expect(typeNames(client).filter((name) => about.test(name)).length).toBeGreaterThan(30);
  expect(typeNames(variant).filter((name) => about.test(name))).toEqual([]);
});

test('leads to no person by any field, and takes an ID number nowhere', () => {
  expect(fields(client, 'ShanghaiProvince')).toEqual(expect.arrayContaining(['members', 'cases', 'exchange']));
  for (const type of ['Province', 'ShanghaiProvince']) expect(fields(variant, type).sort()).toEqual(['code', 'memberStatistics', 'name', 'organizations', 'slug', 'stations']);
  expect(fields(client, 'Query')).toContain('member');
  expect(fields(variant, 'Query')).not.toContain('member');
  expect(fields(variant, 'Viewer')).toEqual(['role', 'province', 'organization']);
  const text = readFileSync(dashboardFile, 'utf8');
  for (const word of ['idNumber', 'phoneMasked', 'clientKey', 'accessLog', 'withheld']) expect(text).not.toContain(word);
});

test('holds nothing of what operators see of the exchange', () => {
  const about = /Exchange|Parked/;
  expect(typeNames(client).filter((name) => about.test(name)).length).toBeGreaterThan(10);
  expect(typeNames(variant).filter((name) => about.test(name))).toEqual([]);
});

test('lets a dashboard do nothing', () => {
  expect(client.getMutationType()).toBeDefined();
  expect(variant.getMutationType()).toBeUndefined();
});

test('keeps organisations, stations, divisions and statistics whole', () => {
  for (const type of ['Organization', 'AnhuiOrganization', 'ServiceStation', 'MemberStatistics', 'DivisionCount', 'Division']) expect(fields(variant, type)).toEqual(fields(client, type));
  expect(fits('{ provinces { name memberStatistics { total counties { division { fullName } count } } organizations(first: 5) { edges { node { name memberCount } } } } }')).toBe(true);
  expect(fits('{ province(code: "31") { members(first: 1) { edges { cursor } } } }')).toBe(false);
});

test('leaves out what a province adds to its own types, since nobody has said whether it is about persons', () => {
  const published = readPublished().map((subgraph) => (subgraph.name === 'zhejiang' ? { ...subgraph, sdl: `${subgraph.sdl}\nextend type ZhejiangProvince { eldest: String }` } : subgraph));
  const extended = clientSchema(compose(published));
  expect(fields(extended, 'ZhejiangProvince')).toContain('eldest');
  expect(printDashboardSchema(extended)).toBe(printDashboardSchema(client));
});

test('what cannot do without a person goes with it, and what only that led to as well', () => {
  const small = dashboardSchema(buildSchema(`
    type Query { groups: [Group!]! pairs: [Pair!] member: Member }
    interface Member { id: ID! } type AnhuiMember implements Member { id: ID! }
    type Pair { first: Couple } type Couple { both: [AnhuiMember!] why: Reason } type Reason { text: String }
    type Group { name: String leader: Member }`));
  expect(typeNames(small).filter((name) => isObjectType(small.getType(name))).sort()).toEqual(['Group', 'Query']);
  expect(fields(small, 'Group')).toEqual(['name']);
});
