import DataLoader from 'dataloader';
import type { Viewer } from '@delta/schema/viewer';
import type { Database } from '../db/database.js';
import { findLooks } from './store.js';
import type { AccessLogRecord } from './types.js';

/** Looks at the viewer's own record; whoever is no member of this province has none. */
export interface AccessLogLoaders { readonly ownById: DataLoader<string, AccessLogRecord | null> }

export const createAccessLogLoaders = (db: Database, province: string, viewer: Viewer | null): AccessLogLoaders => {
  const memberId = viewer?.role === 'member' && viewer.province === province ? viewer.member : null;
  return {
    ownById: new DataLoader(async (ids) => {
      const found = new Map((memberId === null ? [] : await findLooks(db, province, memberId, ids)).map((look) => [look.id, look]));
      return ids.map((id) => found.get(id) ?? null);
    }),
  };
};
