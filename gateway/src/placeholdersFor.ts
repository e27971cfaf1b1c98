import { getNullableType, isEnumType, isInputObjectType, isInputType, isListType, isNonNullType, isRequiredInputField, typeFromAST, type GraphQLInputType, type GraphQLSchema, type OperationDefinitionNode } from 'graphql';

/**
 * Values that fit the variables which an operation cannot do without, to plan it before anybody has asked. They mean nothing,
 * and no subgraph is sent them.
 */
export function placeholdersFor(schema: GraphQLSchema, { variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  return Object.fromEntries(variableDefinitions.flatMap(({ variable, type: node, defaultValue }) => {
    const type = typeFromAST(schema, node);
    return isInputType(type) && isNonNullType(type) && !defaultValue ? [[variable.name.value, placeholder(type)]] : [];
  }));
}

function placeholder(given: GraphQLInputType): unknown {
  const type = getNullableType(given);
  if (isListType(type)) return [];
  if (isEnumType(type)) return type.getValues()[0]!.name;
  if (isInputObjectType(type)) return Object.fromEntries(Object.values(type.getFields()).filter(isRequiredInputField).map((field) => [field.name, placeholder(field.type)]));
  const scalars: Readonly<Record<string, unknown>> = { Int: 1, Float: 1, Boolean: true };
  return scalars[type.name] ?? '1';
}
