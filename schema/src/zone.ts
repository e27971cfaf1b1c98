import { Kind, print, visit, type DefinitionNode, type DocumentNode, type FieldDefinitionNode, type InterfaceTypeDefinitionNode } from 'graphql';
import { argument, has, isInterface, isZoneEdge, keysOf, readContract, readZonePart } from './contract.js';
import { concreteName } from './derive.js';
import { federationHeader, named, withDirectives } from './federation.js';
import { provinces, type ProvinceEntry } from './provinces.js';

/**
 * The zone's subgraph SDL. The zone alone lists the provinces and resolves every edge that leaves one; of a province's types
 * it knows keys, the registry's fields and those edges, never a field of a person.
 */
export function deriveZoneSdl(entries: readonly ProvinceEntry[] = provinces): string {
  const entities = readContract().definitions.filter(isInterface).filter((node) => has(node, 'entity'));
  return [
    federationHeader,
    ...readZonePart().definitions.map(print),
    ...contractEnumsOf(readZonePart()).map(print),
    ...entities.flatMap((node) => [interfaceStub(node), ...entries.map((entry) => typeStub(node, entry.prefix))]).map(print),
  ].join('\n\n') + '\n';
}

/** Enums of the contract that the zone's own part uses as well. */
function contractEnumsOf(zonePart: DocumentNode): DefinitionNode[] {
  const used = new Set<string>();
  visit(zonePart, { NamedType: ({ name }) => { used.add(name.value); } });
  return readContract().definitions.filter((node) => node.kind === Kind.ENUM_TYPE_DEFINITION && used.has(node.name.value));
}

/** The key by which the zone hands an entity on: for a person the capability `via`, never the id. */
const handoverKey = (node: InterfaceTypeDefinitionNode): string => keysOf(node).at(-1)!;

const fieldNamed = (node: InterfaceTypeDefinitionNode, name: string): FieldDefinitionNode[] =>
  (node.fields ?? []).filter((field) => field.name.value === name);

function zoneFields(node: InterfaceTypeDefinitionNode): FieldDefinitionNode[] {
  const key = handoverKey(node);
  return [
    ...fieldNamed(node, key),
    ...(node.fields ?? []).filter((field) => field.name.value !== key && (has(field, 'zoneServes') || isZoneEdge(field))),
  ];
}

function interfaceStub(node: InterfaceTypeDefinitionNode): DefinitionNode {
  return { ...node, directives: [], fields: zoneFields(node).map((field) => ({ ...field, directives: has(field, 'internal') ? withDirectives('@inaccessible') : [] })) };
}

function typeStub(node: InterfaceTypeDefinitionNode, prefix: string): DefinitionNode {
  const key = handoverKey(node);
  const edges = (node.fields ?? []).filter(isZoneEdge);
  const required = [...new Set(edges.flatMap((edge) => argument(edge, 'zoneEdge', 'requires')))];
  return {
    kind: Kind.OBJECT_TYPE_DEFINITION,
    ...(node.description ? { description: node.description } : {}),
    name: { kind: Kind.NAME, value: concreteName(node.name.value, prefix) },
    interfaces: [named(node.name.value)],
    directives: withDirectives(`@key(fields: "${key}"${edges.length ? '' : ', resolvable: false'})`),
    fields: [
      ...zoneFields(node).map((field) => ({
        ...field,
        directives: [
          ...(has(field, 'internal') ? withDirectives('@inaccessible') : []),
          ...(has(field, 'zoneServes') && field.name.value !== key ? withDirectives('@shareable') : []),
          ...argument(field, 'zoneEdge', 'requires').flatMap((fields) => withDirectives(`@requires(fields: "${fields}")`)),
        ],
      })),
      ...required.flatMap((name) => fieldNamed(node, name)).map((field) => ({
        ...field, directives: withDirectives('@external'),
      })),
    ],
  };
}
