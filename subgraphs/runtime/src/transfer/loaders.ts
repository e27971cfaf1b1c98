import DataLoader from 'dataloader';
import type { Viewer } from '@delta/schema/viewer';
import type { Database } from '../db/database.js';
import { findDepartures, findTransfers } from './store.js';
import type { OwnershipTransfer } from './types.js';

export interface TransferLoaders {
  /** Transfers out of the viewer's own organisation and those below it; others are absent like unknown ones. */
  readonly own: DataLoader<string, OwnershipTransfer | null>;
  /** Of a member whose record is another province's now, the path of the organisation that it left; null for everybody else. */
  readonly departedFrom: DataLoader<string, readonly string[] | null>;
}

export const createTransferLoaders = (db: Database, viewer: Viewer | null): TransferLoaders => ({
  own: new DataLoader(async (ids) => {
    const scope = viewer?.organization ?? null;
    const found = new Map((scope === null ? [] : await findTransfers(db, scope, ids)).map((transfer) => [transfer.id, transfer]));
    return ids.map((id) => found.get(id) ?? null);
  }),
  departedFrom: new DataLoader(async (ids) => {
    const found = new Map((await findDepartures(db, ids)).map(({ memberId, path }) => [memberId, path]));
    return ids.map((id) => found.get(id) ?? null);
  }),
});
