import type { Viewer } from '@delta/schema/viewer';
import DataLoader from 'dataloader';
import type { Queryable } from '../db/database.js';
import type { HeldRelation } from './decide.js';
import type { Meaning, PolicyRule } from './policy.js';

/**
 * A relation that a concept finds in the province's own records, with the rows of the policy that rest on it. Concepts hand
 * theirs in where the province is put together (server/recordedRelations); nothing of it comes from whoever asks.
 */
export interface RecordedRelation {
  readonly relation: string;
  /** For the generated document, in English and Chinese. */
  readonly meaning: Meaning;
  readonly rules: readonly PolicyRule[];
  /** The members, of those named, to whom the viewer stands so, with the purposes; one statement for all of them. */
  readonly find: (db: Queryable, viewer: Viewer, memberIds: readonly string[]) => Promise<ReadonlyMap<string, readonly string[]>>;
}

/** What one request's viewer holds beyond the relations that the member's own row and the capability tell. */
export type HeldRelations = (memberId: string) => Promise<readonly HeldRelation[]>;

export function createHeldRelations(db: Queryable, viewer: Viewer | null, recorded: readonly RecordedRelation[]): HeldRelations {
  if (viewer === null || recorded.length === 0) return async () => [];
  const loader = new DataLoader<string, readonly HeldRelation[]>(async (memberIds) => {
    const found = await Promise.all(recorded.map(async ({ relation, find }) => ({ relation, purposes: await find(db, viewer, memberIds) })));
    return memberIds.map((id) => found.flatMap(({ relation, purposes }) => (purposes.get(id) ?? []).map((purpose) => ({ relation, purpose }))));
  });
  return (memberId) => loader.load(memberId);
}
