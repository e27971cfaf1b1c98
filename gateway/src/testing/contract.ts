import { buildASTSchema, isAbstractType, isObjectType, parse, type GraphQLFieldResolver, type GraphQLScalarType, type GraphQLSchema } from 'graphql';
import { compose } from '@delta/schema/compose';
import type { SignedRequest } from '@delta/service/subgraphServer';

/**
 * A small contract of the platform's shape, with two provinces: interfaces, a type per province, a zone that alone crosses, by
 * lookup, reception and flow, so that paths with several zone edges exist.
 */
const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable", "@external", "@requires", "@inaccessible"])\n';

const interfaces = `
interface Province { code: ID! name: String! organizations(first: Int!): OrganizationConnection arrivals(first: Int!): [Reception!] }
interface Member { id: ID! name: String homeOrganization: Organization flows: [Flow!] }
interface Organization { id: ID! name: String! parent: Organization }
interface Lookup { id: ID! purpose: String grant: ID! @inaccessible }
interface Reception { id: ID! acceptedOn: String memberId: ID! @inaccessible }
interface Flow { id: ID! state: String destinationCode: ID! @inaccessible receptionId: ID @inaccessible }
interface ProvinceMutation { openLookup(input: OpenLookupInput!): OpenLookupPayload }
`;
const values = `
enum Purpose { CHECK_IN OTHER }
type OrganizationConnection @shareable { edges: [OrganizationEdge!]! }
type OrganizationEdge @shareable { cursor: String! node: Organization! }
input OpenLookupInput { idNumber: String! purpose: Purpose! note: String limit: Int }
type OpenLookupPayload @shareable { lookup: Lookup }
`;

export const provinces = ['Shanghai', 'Anhui'] as const;
export const codes: Readonly<Record<string, string>> = { Shanghai: '31', Anhui: '34' };

const provinceSdl = (p: string): string => link + interfaces + values + `
type ${p}Province implements Province @key(fields: "code") { code: ID! name: String! @shareable organizations(first: Int!): OrganizationConnection arrivals(first: Int!): [Reception!] }
type ${p}Member implements Member @key(fields: "id") @key(fields: "via") { id: ID! name: String homeOrganization: Organization flows: [Flow!] via: ID! @inaccessible }
type ${p}Organization implements Organization @key(fields: "id") { id: ID! name: String! parent: Organization }
type ${p}Lookup implements Lookup @key(fields: "id") { id: ID! purpose: String grant: ID! @inaccessible }
type ${p}Reception implements Reception @key(fields: "id") { id: ID! acceptedOn: String memberId: ID! @inaccessible }
type ${p}Flow implements Flow @key(fields: "id") { id: ID! state: String destinationCode: ID! @inaccessible receptionId: ID @inaccessible }
type ${p}Mutation implements ProvinceMutation { openLookup(input: OpenLookupInput!): OpenLookupPayload }
type Query { ${p.toLowerCase()}: ${p}Province }
type Mutation { ${p.toLowerCase()}: ${p}Mutation }
`;

const zoneSdl = `${link}
type Query { provinces: [Province!]! province(code: ID!): Province member(id: ID!): Member viewer: Viewer }
type Viewer { role: String province: Province }
interface Member { via: ID! @inaccessible }
interface Province { code: ID! name: String! }
interface Lookup { id: ID! member: Member }
interface Reception { id: ID! member: Member }
interface Flow { id: ID! reception: Reception }
${provinces.map((p) => `
type ${p}Province implements Province @key(fields: "code", resolvable: false) { code: ID! name: String! @shareable }
type ${p}Member implements Member @key(fields: "via", resolvable: false) { via: ID! @inaccessible }
type ${p}Lookup implements Lookup @key(fields: "id") { id: ID! grant: ID! @external member: Member @requires(fields: "grant") }
type ${p}Reception implements Reception @key(fields: "id") { id: ID! memberId: ID! @external member: Member @requires(fields: "memberId") }
type ${p}Flow implements Flow @key(fields: "id") { id: ID! destinationCode: ID! @external receptionId: ID @external reception: Reception @requires(fields: "destinationCode receptionId") }`).join('')}`;

export const sdlOf: Readonly<Record<string, string>> = { zone: zoneSdl, ...Object.fromEntries(provinces.map((p) => [p.toLowerCase(), provinceSdl(p)])) };

/** The supergraph, `marker` telling one version from another. */
export const supergraph = (marker?: string): string => compose(Object.entries(sdlOf).map(([name, sdl]) => ({
  name, url: `http://${name}.invalid/graphql`, sdl: marker && name === 'zone' ? sdl.replace('viewer: Viewer', `viewer: Viewer ${marker}: String`) : sdl,
})));

export type Resolve = GraphQLFieldResolver<Record<string, unknown>, SignedRequest, Record<string, unknown>>;
export type Resolvers = Readonly<Record<string, Resolve>>;
type Reference = Record<string, unknown> & { readonly __typename: string };
export type ResolveReference = (reference: Reference, signed: SignedRequest) => unknown;

/** An executable subgraph: the SDL, `Type.field` resolvers, and what resolves references. */
export function subgraphSchema(sdl: string, resolvers: Resolvers, resolveReference: ResolveReference): GraphQLSchema {
  const entities = [...sdl.matchAll(/type (\w+)[^{]*@key/g)].map(([, name]) => name);
  const federation = `
    directive @link(url: String!, import: [String!]) repeatable on SCHEMA
    directive @key(fields: String!, resolvable: Boolean = true) repeatable on OBJECT
    directive @shareable on OBJECT | FIELD_DEFINITION
    directive @external on FIELD_DEFINITION
    directive @requires(fields: String!) on FIELD_DEFINITION
    directive @inaccessible on FIELD_DEFINITION
    scalar _Any
    union _Entity = ${entities.join(' | ')}
  `;
  const schema = buildASTSchema(parse(federation + sdl.replace(link, '').replace('type Query {', 'type Query { _entities(representations: [_Any!]!): [_Entity]!')), { assumeValid: true });
  const any = schema.getType('_Any') as GraphQLScalarType;
  any.parseValue = (value) => value;
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (value) => (value as Reference).__typename;
    if (!isObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const resolve = resolvers[`${type.name}.${field.name}`] ?? resolvers[`*.${field.name}`];
      if (resolve) field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
    }
  }
  const entitiesField = schema.getQueryType()!.getFields()['_entities']!;
  entitiesField.resolve = (_source, { representations }: { representations?: Reference[] }, signed: SignedRequest) =>
    (representations ?? []).map(async (reference) => {
      const entity = await resolveReference(reference, signed);
      return entity === null ? null : { ...reference, ...(entity as object) };
    });
  return schema;
}
