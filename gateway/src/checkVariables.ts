import {
  coerceInputValue, getNullableType, isEnumType, isInputObjectType, isInputType, isListType, isNonNullType, typeFromAST, type GraphQLError, type GraphQLInputType,
  type GraphQLSchema, type OperationDefinitionNode,
} from 'graphql';
import { PlatformError } from '@delta/schema/errors';

/**
 * Checks variables against their declared types and says which one does not fit and where within it, never what it holds: the
 * library's own messages repeat the value.
 * @throws PlatformError VARIABLES_INVALID
 */
export function checkVariables(schema: GraphQLSchema, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>): void {
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const type = typeFromAST(schema, typeNode);
    // Validation names a type that does not exist.
    if (!isInputType(type)) continue;
    const name = variable.name.value;
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value === undefined) {
      if (isNonNullType(type) && !defaultValue) throw misfit(name, [], `is needed and not given`);
      continue;
    }
    coerceInputValue(value, type, (path, _value, error) => { throw misfit(name, path, reasonOf(error, typeAt(type, path))); });
  }
}

const misfit = (name: string, path: readonly (string | number)[], reason: string): PlatformError =>
  new PlatformError('VARIABLES_INVALID', { message: `The variable $${[name, ...path].join('.')} ${reason}.`.slice(0, 300) });

/** The type that stands at a path within a variable's type. */
const typeAt = (type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType => path.reduce<GraphQLInputType>((outer, key) => {
  const inner = getNullableType(outer);
  if (isListType(inner)) return inner.ofType;
  return isInputObjectType(inner) ? inner.getFields()[key]?.type ?? outer : outer;
}, type);

/** Names of fields, types and enum values come from the schema; all else in the library's messages may come from the client. */
function reasonOf({ message }: GraphQLError, type: GraphQLInputType): string {
  const missing = /^Field "(\w+)" of required type "([\w[\]!]+)" was not provided\.$/.exec(message);
  if (missing) return `lacks the field ${missing[1]} of type ${missing[2]}`;
  const named = getNullableType(type);
  return `does not fit its type ${String(type)}${isEnumType(named) ? `: one of ${named.getValues().map(({ name }) => name).join(', ')}` : ''}`;
}
