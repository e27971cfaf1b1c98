import { mapSchema, MapperKind, pruneSchema } from '@graphql-tools/utils';
import { getNamedType, isInterfaceType, isListType, isNonNullType, isObjectType, lexicographicSortSchema, printSchema, type GraphQLNamedType, type GraphQLOutputType, type GraphQLSchema } from 'graphql';
import { has, isInterface, readContract } from './contract.js';

/** Where the variant is kept for those who write dashboards. */
export const dashboardFile = new URL('../dashboard.graphql', import.meta.url);

/**
 * The schema of dashboards: what clients see, without persons. Left out are
 *  - all acts (mutations), and with them every input that takes an ID number;
 *  - what the contract marks `@person`, interfaces with every province's type of them and fields, and what it marks `@operators`;
 *  - what cannot do without a person: a type with such a field that is never null, such as a page of members, and so on from there;
 *  - fields that a province adds to a type of its own: nobody has said whether they are about persons;
 *  - what only these led to.
 */
export function dashboardSchema(client: GraphQLSchema): GraphQLSchema {
  const { types, fields } = personsOf(client);
  const kept = (type: GraphQLNamedType, field: string): boolean => {
    const contracts = isObjectType(type) ? type.getInterfaces() : [];
    return ![type, ...contracts].some(({ name }) => fields.has(`${name}.${field}`))
      && (contracts.length === 0 || contracts.some((contract) => field in contract.getFields()));
  };
  const withoutPersons = mapSchema(client, {
    [MapperKind.MUTATION]: () => null,
    [MapperKind.SUBSCRIPTION]: () => null,
    [MapperKind.OBJECT_TYPE]: (type) => (types.has(type.name) ? null : undefined),
    [MapperKind.INTERFACE_TYPE]: (type) => (types.has(type.name) ? null : undefined),
    [MapperKind.COMPOSITE_FIELD]: (config, field, typeName) =>
      (types.has(getNamedType(config.type).name) || !kept(client.getType(typeName)!, field) ? null : undefined),
  });
  return pruneSchema(withoutPersons);
}

/** The variant as it is committed: in an order that does not depend on that of the subgraphs. */
export const printDashboardSchema = (client: GraphQLSchema): string =>
  `# The schema of dashboards: everything but persons. Written by \`npm run schema:compose\`.\n\n${printSchema(lexicographicSortSchema(dashboardSchema(client)))}\n`;

/** Names of types that dashboards do without, about persons or for operators, and `Type.field` of fields about persons. */
function personsOf(schema: GraphQLSchema): { readonly types: ReadonlySet<string>; readonly fields: ReadonlySet<string> } {
  const contract = readContract().definitions.flatMap((node) => ('fields' in node && 'name' in node && node.name ? [node] : []));
  const fields = new Set(contract.flatMap((node) => (node.fields ?? []).filter((field) => has(field, 'person')).map((field) => `${node.name!.value}.${field.name.value}`)));
  const types = new Set(contract.filter((node) => isInterface(node) && (has(node, 'person') || has(node, 'operators'))).map((node) => node.name!.value));
  for (const name of [...types]) {
    const type = schema.getType(name);
    if (isInterfaceType(type)) for (const possible of schema.getPossibleTypes(type)) types.add(possible.name);
  }
  for (let before = -1; before !== types.size;) {
    before = types.size;
    for (const type of Object.values(schema.getTypeMap())) {
      if (!isObjectType(type) && !isInterfaceType(type)) continue;
      if (Object.values(type.getFields()).some((field) => needed(field.type) && types.has(getNamedType(field.type).name))) types.add(type.name);
    }
  }
  return { types, fields };
}

/** A field that cannot be null. A list may be empty, yet its length tells as much as its entries. */
const needed = (type: GraphQLOutputType): boolean => isNonNullType(type) || (isListType(type) && needed(type.ofType as GraphQLOutputType));
