import {
  Kind, getNamedType, isAbstractType, isCompositeType, isInterfaceType, isListType, isNonNullType, isObjectType, type DocumentNode, type FieldNode, type FragmentDefinitionNode, type GraphQLCompositeType,
  type GraphQLField, type GraphQLOutputType, type GraphQLSchema, type OperationDefinitionNode, type SelectionSetNode, type VariableDefinitionNode,
} from 'graphql';

/** What an operation asks for, fragments expanded. */
export interface Measure {
  readonly depth: number;
  readonly fields: number;
  /** Fields at its own level. */
  readonly rootFields: number;
  readonly aliases: number;
  /** Most zone edges on one path. */
  readonly hops: number;
  /** All zone edges, each weighing twice as much as the one it lies behind. */
  readonly hopWeight: number;
  /** Rows that its lists can return together. */
  readonly rows: number;
}

/** What every operation is measured against. */
export interface MeasureBy {
  readonly schema: GraphQLSchema;
  /** Zone edges as `Type.field`. */
  readonly edges: ReadonlySet<string>;
}

const nothing: Measure = { depth: 0, fields: 0, rootFields: 0, aliases: 0, hops: 0, hopWeight: 0, rows: 0 };

/**
 * Measures one operation in time linear in the document's length: a fragment is measured once however often it is spread, so a
 * few lines that expand to billions of fields cost nothing, and a fragment that contains itself counts as empty there
 * (validation refuses it). Sums grow as floating point numbers and so cannot overflow.
 *
 * Works on documents that are not validated yet: what the schema does not know is counted as a leaf.
 */
export function measureDocument(document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>, by: MeasureBy): Measure {
  const fragments = new Map(document.definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [])));
  const measured = new Map<string, Measure>();
  const defaults = new Map((operation.variableDefinitions ?? []).map((definition) => [definition.variable.name.value, definition]));

  const fragment = ({ name, selectionSet, typeCondition }: FragmentDefinitionNode): Measure => {
    const known = measured.get(name.value);
    if (known) return known;
    measured.set(name.value, nothing);
    const measure = selections(selectionSet, compositeType(by.schema, typeCondition.name.value));
    measured.set(name.value, measure);
    return measure;
  };

  const selections = (set: SelectionSetNode, parent: GraphQLCompositeType | undefined): Measure => set.selections.map((selection): Measure => {
    if (selection.kind === Kind.FIELD) return field(selection, parent);
    if (selection.kind === Kind.INLINE_FRAGMENT) return selections(selection.selectionSet, selection.typeCondition ? compositeType(by.schema, selection.typeCondition.name.value) : parent);
    const definition = fragments.get(selection.name.value);
    return definition ? fragment(definition) : nothing;
  }).reduce(together, nothing);

  const field = (node: FieldNode, parent: GraphQLCompositeType | undefined): Measure => {
    const definition = parent && fieldOf(parent, node.name.value);
    const type = definition && getNamedType(definition.type);
    const inner = node.selectionSet ? selections(node.selectionSet, isCompositeType(type) ? type : undefined) : nothing;
    // The schema's own description is bounded by graphql-js and costs no rows.
    const own = node.name.value.startsWith('__');
    const edge = parent && by.edges.has(`${parent.name}.${node.name.value}`) ? 1 : 0;
    const rows = definition && !own ? rowsOf(node, definition.type, by.schema, variables, defaults) : 0;
    return {
      depth: own ? 1 : inner.depth + 1,
      fields: inner.fields + 1,
      rootFields: 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      hops: inner.hops + edge,
      hopWeight: inner.hopWeight * (1 + edge) + edge,
      rows: rows === 0 ? inner.rows : rows * (1 + inner.rows),
    };
  };

  const root = operation.operation === 'query' ? by.schema.getQueryType() : operation.operation === 'mutation' ? by.schema.getMutationType() : by.schema.getSubscriptionType();
  return selections(operation.selectionSet, root ?? undefined);
}

const together = (a: Measure, b: Measure): Measure => ({
  depth: Math.max(a.depth, b.depth),
  fields: a.fields + b.fields,
  rootFields: a.rootFields + b.rootFields,
  aliases: a.aliases + b.aliases,
  hops: Math.max(a.hops, b.hops),
  hopWeight: a.hopWeight + b.hopWeight,
  rows: a.rows + b.rows,
});

function compositeType(schema: GraphQLSchema, name: string): GraphQLCompositeType | undefined {
  const type = schema.getType(name);
  return isCompositeType(type) ? type : undefined;
}

function fieldOf(parent: GraphQLCompositeType, name: string): { readonly type: GraphQLOutputType } | undefined {
  if (name.startsWith('__')) return undefined;
  const declared: GraphQLField<unknown, unknown> | undefined = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
  return declared;
}

/** Rows of one list: its `first`, or as many as an abstract type has implementations (the list of provinces). 0 for what is no list. */
function rowsOf(node: FieldNode, type: GraphQLOutputType, schema: GraphQLSchema, variables: Readonly<Record<string, unknown>>, definitions: ReadonlyMap<string, VariableDefinitionNode>): number {
  const first = node.arguments?.find(({ name }) => name.value === 'first')?.value;
  if (first?.kind === Kind.INT) return Math.max(0, Number(first.value));
  if (first?.kind === Kind.VARIABLE) {
    const name = first.name.value;
    const value = Object.hasOwn(variables, name) ? variables[name] : literalOf(definitions.get(name));
    return typeof value === 'number' && value > 0 ? value : 0;
  }
  const list = isNonNullType(type) ? type.ofType : type;
  const item = getNamedType(type);
  return isListType(list) && isAbstractType(item) ? schema.getPossibleTypes(item).length : 0;
}

const literalOf = (definition: VariableDefinitionNode | undefined): number | undefined => (definition?.defaultValue?.kind === Kind.INT ? Number(definition.defaultValue.value) : undefined);
