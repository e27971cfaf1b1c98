import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { clientSchema } from './compose.js';

/** One difference between two supergraphs as a client meets it. */
export interface SchemaChange { readonly criticality: 'breaking' | 'dangerous' | 'safe'; readonly path: string; readonly message: string }

const levels = {
  [CriticalityLevel.Breaking]: 'breaking', [CriticalityLevel.Dangerous]: 'dangerous', [CriticalityLevel.NonBreaking]: 'safe',
} as const;

/** What changes for clients from one supergraph to another, breaking changes first. */
export async function schemaChanges(before: string, after: string): Promise<SchemaChange[]> {
  const changes = await diff(clientSchema(before), clientSchema(after));
  const order = { breaking: 0, dangerous: 1, safe: 2 };
  return changes.map((change) => ({ criticality: levels[change.criticality.level], path: change.path ?? '', message: change.message }))
    .sort((a, b) => order[a.criticality] - order[b.criticality] || a.path.localeCompare(b.path));
}
