import { AuditTrail } from '@delta/runtime/audit/index';
import type { Database } from '@delta/runtime/db/database';
import type { Viewer } from '@delta/schema/viewer';
import type { Signer, Trust } from '@delta/service/keys';
import DataLoader from 'dataloader';
import { findById, findByIndex, type DirectoryEntry } from './directory/store.js';

export interface ZoneServices { readonly db: Database; readonly signer: Signer; readonly trust: Trust; readonly now: () => Date }

/** One request in the zone. */
export interface ZoneContext {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  readonly services: ZoneServices;
  readonly trail: AuditTrail;
  readonly byId: DataLoader<string, DirectoryEntry | null>;
  readonly byIndex: DataLoader<string, DirectoryEntry | null>;
}

const loader = (key: 'memberId' | 'blindIndex', find: (keys: readonly string[]) => Promise<DirectoryEntry[]>): DataLoader<string, DirectoryEntry | null> =>
  new DataLoader(async (keys) => {
    const found = new Map((await find(keys)).map((entry) => [entry[key], entry]));
    return keys.map((k) => found.get(k) ?? null);
  });

export const contextOf = (services: ZoneServices) => async ({ viewer, requestId }: { viewer: Viewer | null; requestId: string }): Promise<ZoneContext> => ({
  viewer, requestId, services,
  trail: new AuditTrail({ viewer, requestId }),
  byId: loader('memberId', (ids) => findById(services.db, ids)),
  byIndex: loader('blindIndex', (indexes) => findByIndex(services.db, indexes)),
});
