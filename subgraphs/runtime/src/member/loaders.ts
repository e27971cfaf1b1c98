import DataLoader from 'dataloader';
import type { Database } from '../db/database.js';
import { findMembers } from './store.js';
import type { MemberRecord } from './types.js';

export interface MemberLoaders { readonly byId: DataLoader<string, MemberRecord | null> }

export const createMemberLoaders = (db: Database): MemberLoaders => ({
  byId: new DataLoader(async (ids) => {
    const found = new Map((await findMembers(db, ids)).map((member) => [member.id, member]));
    return ids.map((id) => found.get(id) ?? null);
  }),
});
