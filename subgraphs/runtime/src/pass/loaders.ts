import DataLoader from 'dataloader';
import type { Viewer } from '@delta/schema/viewer';
import type { Database } from '../db/database.js';
import { findPasses, passesOfMembers } from './store.js';
import type { PassRecord } from './types.js';

export interface PassLoaders {
  /** Passes of the viewer's own organisation and those below it; others are absent like unknown ones. */
  readonly own: DataLoader<string, PassRecord | null>;
  /** The newest passes of a member. */
  readonly ofMember: DataLoader<string, readonly PassRecord[]>;
}

/** Passes of one member that are shown at most. */
const shownOfMember = 20;

export const createPassLoaders = (db: Database, viewer: Viewer | null): PassLoaders => ({
  own: new DataLoader(async (ids) => {
    const scope = viewer?.organization ?? null;
    const found = new Map((scope === null ? [] : await findPasses(db, scope, ids)).map((pass) => [pass.id, pass]));
    return ids.map((id) => found.get(id) ?? null);
  }),
  ofMember: new DataLoader(async (memberIds) => {
    const found = new Map(memberIds.map((id): [string, PassRecord[]] => [id, []]));
    for (const pass of await passesOfMembers(db, memberIds, shownOfMember)) found.get(pass.memberId)?.push(pass);
    return memberIds.map((id) => found.get(id) ?? []);
  }),
});
