import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A document that the zone's own clients send: planned before the first request, and a tab in GraphiQL. */
export interface ExampleDocument {
  /** File name without its ending. */
  readonly name: string;
  readonly query: string;
  /** Example variables: from `<name>.variables.json` beside it. */
  readonly variables: Readonly<Record<string, unknown>>;
}

export const documentsFolder = fileURLToPath(new URL('../documents/', import.meta.url));

/** Reads `*.graphql` of a folder, by name. */
export function readExampleDocuments(folder: string = documentsFolder): readonly ExampleDocument[] {
  return readdirSync(folder).filter((file) => file.endsWith('.graphql')).sort().map((file) => {
    const name = basename(file, '.graphql');
    const variables = join(folder, `${name}.variables.json`);
    return { name, query: readFileSync(join(folder, file), 'utf8'), variables: existsSync(variables) ? (JSON.parse(readFileSync(variables, 'utf8')) as Record<string, unknown>) : {} };
  });
}
