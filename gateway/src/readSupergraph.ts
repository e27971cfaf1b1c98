import { Kind, parse, valueFromASTUntyped, type ConstDirectiveNode, type DefinitionNode, type DocumentNode, type FieldDefinitionNode, type InterfaceTypeDefinitionNode, type ObjectTypeDefinitionNode, type TypeNode } from 'graphql';

/** What the gateway reads from the supergraph beside the schema. */
export interface SupergraphFacts {
  /** Address of each subgraph by name. */
  readonly subgraphs: ReadonlyMap<string, string>;
  /**
   * Zone edges as `Type.field`, on objects and on the interfaces they implement: fields that the zone alone resolves, to a
   * type that others serve. Each starts a fetch to the zone and one to every province the answer may lie in.
   */
  readonly edges: ReadonlySet<string>;
}

const argumentsOf = (node: ConstDirectiveNode): Record<string, unknown> => Object.fromEntries((node.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
const applied = (directives: readonly ConstDirectiveNode[] | undefined, name: string): Record<string, unknown>[] => (directives ?? []).filter((directive) => directive.name.value === name).map(argumentsOf);
const namedType = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type));
const isComposite = (definition: DefinitionNode): definition is ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode =>
  definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION;

/**
 * Reads a supergraph's subgraphs and zone edges.
 * @param zone name of the zone's subgraph
 * @throws GraphQLError for what is no GraphQL
 */
export function readSupergraph(sdl: string, zone: string): SupergraphFacts {
  const document = parse(sdl, { noLocation: true });
  const graphs = graphsOf(document);
  const zoneGraph = [...graphs].find(([, { name }]) => name === zone)?.[0];
  const types = new Map(document.definitions.filter(isComposite).map((type) => [type.name.value, type]));
  const servedBy = new Map([...types].map(([name, { directives }]) => [name, new Set(applied(directives, 'join__type').map(({ graph }) => graph))]));

  const zoneAlone = (type: string, { directives }: FieldDefinitionNode): boolean => {
    const resolvers = applied(directives, 'join__field').filter(({ external, graph }) => external !== true && graph !== undefined).map(({ graph }) => graph);
    // A field without @join__field is resolved by every subgraph that has its type.
    const graphsOfField = resolvers.length > 0 ? resolvers : [...(servedBy.get(type) ?? [])];
    return graphsOfField.length > 0 && graphsOfField.every((graph) => graph === zoneGraph);
  };
  const leadsOut = (field: FieldDefinitionNode): boolean => [...(servedBy.get(namedType(field.type)) ?? [])].some((graph) => graph !== zoneGraph);

  const edges = new Set<string>();
  for (const [name, { fields = [], interfaces = [] }] of types) {
    for (const field of fields.filter((candidate) => zoneAlone(name, candidate) && leadsOut(candidate))) {
      edges.add(`${name}.${field.name.value}`);
      for (const { name: parent } of interfaces) if (types.get(parent.value)?.fields?.some((declared) => declared.name.value === field.name.value)) edges.add(`${parent.value}.${field.name.value}`);
    }
  }
  return { subgraphs: new Map([...graphs.values()].map(({ name, url }) => [name, url])), edges };
}

function graphsOf({ definitions }: DocumentNode): Map<string, { readonly name: string; readonly url: string }> {
  const list = definitions.find((definition) => definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph');
  const values = list?.kind === Kind.ENUM_TYPE_DEFINITION ? list.values ?? [] : [];
  return new Map(values.map(({ name, directives }) => {
    const { name: subgraph, url } = applied(directives, 'join__graph')[0] ?? {};
    return [name.value, { name: String(subgraph), url: String(url ?? '') }];
  }));
}
