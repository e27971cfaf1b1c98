import DataLoader from 'dataloader';
import type { Database } from '../db/database.js';
import { countMembers, findOrganizations, listChildren, type ChildrenRequest } from './store.js';
import type { OrganizationRecord } from './types.js';

/** Batches of one request: the number of statements does not grow with the rows. */
export interface OrganizationLoaders {
  readonly byId: DataLoader<string, OrganizationRecord | null>;
  readonly children: DataLoader<ChildrenRequest, OrganizationRecord[], string>;
  readonly memberCount: DataLoader<string, number>;
}

export const createOrganizationLoaders = (db: Database): OrganizationLoaders => ({
  byId: new DataLoader(async (ids) => {
    const found = new Map((await findOrganizations(db, ids)).map((o) => [o.id, o]));
    return ids.map((id) => found.get(id) ?? null);
  }),
  children: new DataLoader((requests) => listChildren(db, requests), { cacheKeyFn: (request) => JSON.stringify(request) }),
  memberCount: new DataLoader(async (ids) => {
    const counts = await countMembers(db, ids);
    return ids.map((id) => counts.get(id) ?? 0);
  }),
});
