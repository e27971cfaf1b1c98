import { Kind, type DocumentNode, type FieldDefinitionNode, type InterfaceTypeDefinitionNode, type TypeNode } from 'graphql';
import { argument, has, isInterface, isZoneEdge, keysOf } from './contract.js';

const typeName = (type: TypeNode): string => (type.kind === Kind.NAMED_TYPE ? type.name.value : typeName(type.type));
const nonNull = (field: FieldDefinitionNode): boolean => field.type.kind === Kind.NON_NULL_TYPE;

/**
 * What a contract must hold so that a dead or older province costs only its own data (architecture: nullability, crossings).
 * Returns one sentence a fault; an empty list is a sound contract.
 */
export function lintContract(contract: DocumentNode): string[] {
  const interfaces = contract.definitions.filter(isInterface);
  const entities = new Set(interfaces.filter((node) => has(node, 'entity')).map((node) => node.name.value));
  return [
    ...interfaces.flatMap((node) => (node.fields ?? []).flatMap((field) => [...nullability(node, field), ...crossing(node, field, entities)])),
    ...interfaces.flatMap((node) => keysOf(node).filter((key) => !node.fields?.some((field) => field.name.value === key && nonNull(field)))
      .map((key) => `${node.name.value}: key "${key}" must be one of its non-null fields`)),
    ...undescribed(contract),
  ];
}

/** `withheld` is computed from what the others answer, so it always can be given. */
const always = new Set(['withheld']);

function nullability(node: InterfaceTypeDefinitionNode, field: FieldDefinitionNode): string[] {
  const name = `${node.name.value}.${field.name.value}`;
  const mayBeRequired = keysOf(node).includes(field.name.value) || has(field, 'zoneServes') || always.has(field.name.value);
  return nonNull(field) && !mayBeRequired ? [`${name}: must be nullable, since its province may be away, behind or unwilling`] : [];
}

function crossing(node: InterfaceTypeDefinitionNode, field: FieldDefinitionNode, entities: ReadonlySet<string>): string[] {
  if (!isZoneEdge(field)) return [];
  const name = `${node.name.value}.${field.name.value}`;
  const required = argument(field, 'zoneEdge', 'requires');
  return [
    ...(required.length ? [] : [`${name}: a zone edge names the field it requires, or the planner skips fetching it`]),
    ...required.filter((r) => !node.fields?.some((f) => f.name.value === r && has(f, 'internal')))
      .map((r) => `${name}: requires "${r}", which is no @internal field of ${node.name.value}`),
    ...(entities.has(typeName(field.type)) ? [] : [`${name}: a zone edge leads to an @entity interface, not to ${typeName(field.type)}`]),
    ...(nonNull(field) ? [`${name}: an edge that crosses provinces must be nullable`] : []),
  ];
}

/** Every element is described in English and with its Chinese term. */
function undescribed(document: DocumentNode): string[] {
  const faults: string[] = [];
  const look = (path: string, node: object): void => {
    const described = node as { description?: { value: string }; name?: { value: string } };
    const text = described.description?.value ?? '';
    if (!/[a-z]/i.test(text) || !/\p{Script=Han}/u.test(text)) faults.push(`${path}: needs a description in English with its Chinese term`);
  };
  for (const node of document.definitions) {
    if (!('name' in node) || !node.name || node.kind === Kind.DIRECTIVE_DEFINITION) continue;
    const name = node.name.value;
    if (name !== 'Query' && name !== 'Mutation') look(name, node);
    if ('fields' in node) {
      for (const field of node.fields ?? []) {
        look(`${name}.${field.name.value}`, field);
        if ('arguments' in field) for (const arg of field.arguments ?? []) look(`${name}.${field.name.value}(${arg.name.value})`, arg);
      }
    }
    if (node.kind === Kind.ENUM_TYPE_DEFINITION) for (const value of node.values ?? []) look(`${name}.${value.name.value}`, value);
  }
  return faults;
}

/** Checks the zone's part: each element described, and no connection, list of persons or input that could carry personal data. */
export const lintZonePart = (part: DocumentNode): string[] => [
  ...undescribed(part),
  ...part.definitions.flatMap((node) => (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION ? [`${node.name.value}: the zone takes no input objects`] : [])),
];
