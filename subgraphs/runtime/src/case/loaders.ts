import type { Viewer } from '@delta/schema/viewer';
import DataLoader from 'dataloader';
import type { Queryable } from '../db/database.js';
import { findCases } from './store.js';
import type { CaseRecord } from './types.js';

/** Batches of one request. */
export interface CaseLoaders {
  /** Cases of the viewer's own organisation; any other is null. */
  readonly own: DataLoader<string, CaseRecord | null>;
}

export const createCaseLoaders = (db: Queryable, viewer: Viewer | null): CaseLoaders => ({
  own: new DataLoader(async (ids) => {
    const found = new Map((viewer?.organization ? await findCases(db, viewer.organization, ids) : []).map((file) => [file.id, file]));
    return ids.map((id) => found.get(id) ?? null);
  }),
});
