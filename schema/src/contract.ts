import { readdirSync, readFileSync } from 'node:fs';
import {
  Kind, parse, type ConstDirectiveNode, type DefinitionNode, type DocumentNode, type FieldDefinitionNode, type InterfaceTypeDefinitionNode,
} from 'graphql';

const folder = new URL('../sdl/', import.meta.url);

const read = (keep: (file: string) => boolean): DocumentNode =>
  parse(readdirSync(folder).filter((file) => file.endsWith('.graphql') && keep(file)).sort()
    .map((file) => readFileSync(new URL(file, folder), 'utf8')).join('\n'), { noLocation: true });

/** The provinces' part of the contract: interfaces and value types, one SDL file a concept. Directives are the contract's own. */
export const readContract = (): DocumentNode => read((file) => file !== 'zone.graphql' && file !== 'directives.graphql');

/** What the zone alone serves. */
export const readZonePart = (): DocumentNode => read((file) => file === 'zone.graphql');

/** The directives that the contract is annotated with. */
export const readDirectives = (): DocumentNode => read((file) => file === 'directives.graphql');

export const isInterface = (node: DefinitionNode): node is InterfaceTypeDefinitionNode => node.kind === Kind.INTERFACE_TYPE_DEFINITION;

type Annotated = { readonly directives?: readonly ConstDirectiveNode[] | undefined };

export const has = (node: Annotated, directive: string): boolean => node.directives?.some((d) => d.name.value === directive) ?? false;

/** Strings that a directive's argument holds, whether one or a list; empty when it is absent. */
export function argument(node: Annotated, directive: string, name: string): string[] {
  const value = node.directives?.find((d) => d.name.value === directive)?.arguments?.find((a) => a.name.value === name)?.value;
  const values = value?.kind === Kind.LIST ? value.values : value ? [value] : [];
  return values.flatMap((v) => (v.kind === Kind.STRING ? [v.value] : []));
}

/** Keys of an `@entity` interface, most public first; the last is the one that the zone hands on. */
export const keysOf = (node: InterfaceTypeDefinitionNode): string[] => argument(node, 'entity', 'keys');

export const isZoneEdge = (field: FieldDefinitionNode): boolean => has(field, 'zoneEdge');
