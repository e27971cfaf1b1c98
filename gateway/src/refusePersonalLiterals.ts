import { Kind, visit, type DocumentNode, type ValueNode } from 'graphql';
import { PlatformError } from '@delta/schema/errors';
import { holdsIdNumber, showsIdNumber } from '@delta/service/personalData';

/** Arguments and input fields whose value is a person's number, however it is written. */
const personal = new Set(['idNumber']);

/**
 * Documents are cached, hashed, traced and shown in tools, so a person's number may stand in a variable only. Checked on the
 * source as it came, before a parser could repeat it (names, comments and operation names included)...
 * @throws PlatformError LITERAL_PERSONAL_DATA
 */
export function refusePersonalSource(source: string): void {
  if (showsIdNumber(source)) throw new PlatformError('LITERAL_PERSONAL_DATA');
}

/**
 * ... and on the values of literals, where escapes could hide it, on defaults of variables, and on anything at all that is
 * given literally for an ID number.
 * @throws PlatformError LITERAL_PERSONAL_DATA
 */
export function refusePersonalLiterals(document: DocumentNode): void {
  const refuse = (): never => { throw new PlatformError('LITERAL_PERSONAL_DATA'); };
  const given = ({ name, value }: { readonly name: { readonly value: string }; readonly value: ValueNode }): void => {
    if (personal.has(name.value) && value.kind !== Kind.VARIABLE && value.kind !== Kind.NULL) refuse();
  };
  const filled = new Set<string>();
  const asked = new Set<string>();
  visit(document, {
    StringValue: ({ value }) => { if (holdsIdNumber(value)) refuse(); },
    IntValue: ({ value }) => { if (holdsIdNumber(value)) refuse(); },
    FloatValue: ({ value }) => { if (holdsIdNumber(value)) refuse(); },
    Argument: (node) => { given(node); if (personal.has(node.name.value) && node.value.kind === Kind.VARIABLE) asked.add(node.value.name.value); },
    ObjectField: (node) => { given(node); if (personal.has(node.name.value) && node.value.kind === Kind.VARIABLE) asked.add(node.value.name.value); },
    VariableDefinition: ({ variable, defaultValue }) => { if (defaultValue && defaultValue.kind !== Kind.NULL) filled.add(variable.name.value); },
  });
  for (const name of asked) if (filled.has(name)) refuse();
}
