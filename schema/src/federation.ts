import { Kind, parse, type ConstDirectiveNode, type NamedTypeNode, type ObjectTypeDefinitionNode } from 'graphql';

/** Plain Federation 2: nothing here that another router lacks. */
export const federationHeader = `extend schema
  @link(
    url: "https://specs.apollo.dev/federation/v2.7"
    import: ["@key", "@shareable", "@external", "@requires", "@inaccessible"]
  )`;

/** Directive nodes from their text, such as `@key(fields: "id")`. */
export const withDirectives = (text: string): readonly ConstDirectiveNode[] =>
  (parse(`type T ${text} { f: ID }`, { noLocation: true }).definitions[0] as ObjectTypeDefinitionNode).directives ?? [];

export const named = (name: string): NamedTypeNode => ({ kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: name } });
