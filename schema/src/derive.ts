import {
  Kind, parse, print, type DefinitionNode, type FieldDefinitionNode, type InterfaceTypeDefinitionNode, type ObjectTypeDefinitionNode,
} from 'graphql';
import { has, isInterface, isZoneEdge, keysOf, readContract } from './contract.js';
import { federationHeader, named, withDirectives } from './federation.js';
import type { ProvinceEntry } from './provinces.js';

/**
 * A province's subgraph SDL, derived mechanically from the contract: `Member` becomes `ShanghaiMember implements Member`.
 * A province knows no other province. Shared entity types over different data would be fused or dropped by a static planner,
 * hence one type a province, always.
 *
 * @param extension SDL of the province's own fields, such as `extend type ZhejiangMember { pioneerCode: String }`.
 */
export function deriveProvinceSdl(province: Pick<ProvinceEntry, 'slug' | 'prefix' | 'name'>, extension = ''): string {
  const { prefix, slug } = province;
  const definitions = readContract().definitions.flatMap((node): DefinitionNode[] => {
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION) return [{ ...node, directives: withDirectives('@shareable'), fields: (node.fields ?? []).map((field) => ({ ...field, directives: [] })) }];
    if (!isInterface(node)) return [node];
    const contract = { ...node, directives: [], fields: provinceFields(node, false) };
    return [contract, concreteType(node, prefix)];
  });
  return [
    federationHeader,
    ...definitions.map(print),
    `type Query {\n  "${province.name}'s own root: its work needs no zone (${province.name})."\n  ${slug}: ${prefix}Province\n}`,
    `type Mutation {\n  "What ${province.name} can be asked to do; null when it is away, so that others' results stay (${province.name}办理)."\n  ${slug}: ${prefix}Mutation\n}`,
    ...(extension ? [print(parse(extension, { noLocation: true }))] : []),
  ].join('\n\n') + '\n';
}

const provinceFields = (node: InterfaceTypeDefinitionNode, concrete: boolean): FieldDefinitionNode[] =>
  (node.fields ?? []).filter((field) => !isZoneEdge(field)).map((field) => ({
    ...field,
    directives: [
      ...(has(field, 'internal') ? withDirectives('@inaccessible') : []),
      ...(concrete && has(field, 'zoneServes') && !keysOf(node).includes(field.name.value) ? withDirectives('@shareable') : []),
    ],
  }));

function concreteType(node: InterfaceTypeDefinitionNode, prefix: string): ObjectTypeDefinitionNode {
  return {
    kind: Kind.OBJECT_TYPE_DEFINITION,
    ...(node.description ? { description: node.description } : {}),
    name: { kind: Kind.NAME, value: concreteName(node.name.value, prefix) },
    interfaces: [named(node.name.value)],
    directives: keysOf(node).flatMap((key) => withDirectives(`@key(fields: "${key}")`)),
    fields: provinceFields(node, true),
  };
}

/** `Member` of Shanghai is `ShanghaiMember`; `ProvinceMutation` is `ShanghaiMutation`: the word Province gives way. */
export const concreteName = (contractName: string, prefix: string): string =>
  (contractName === 'ProvinceMutation' ? `${prefix}Mutation` : `${prefix}${contractName}`);
