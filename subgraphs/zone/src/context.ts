import type { AuditTrail } from '@delta/runtime/audit/index';
import type { Database } from '@delta/runtime/db/database';
import type { Guards } from '@delta/runtime/server/guards';
import type { Viewer } from '@delta/schema/viewer';
import type { Signer, Trust } from '@delta/service/keys';
import type { PairMessages } from '@delta/service/pairMessage';
import DataLoader from 'dataloader';
import { findByIndex, type DirectoryEntry } from './directory/store.js';

export interface ZoneServices { readonly db: Database; readonly signer: Signer; readonly trust: Trust; readonly messages: PairMessages; readonly now: () => Date }

/** One request in the zone. */
export interface ZoneContext {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  readonly services: ZoneServices;
  readonly trail: AuditTrail;
  readonly byIndex: DataLoader<string, DirectoryEntry | null>;
}

const byIndex = (db: Database): DataLoader<string, DirectoryEntry | null> =>
  new DataLoader(async (indexes) => {
    const found = new Map((await findByIndex(db, indexes)).map((entry) => [entry.blindIndex, entry]));
    return indexes.map((index) => found.get(index) ?? null);
  });

export const contextOf = (services: ZoneServices, trailOf: Guards['trail']) => async ({ viewer, requestId, nonce }: { viewer: Viewer | null; requestId: string; nonce?: string }): Promise<ZoneContext> => ({
  viewer, requestId, services,
  trail: trailOf({ viewer, requestId, ...(nonce === undefined ? {} : { nonce }) }),
  byIndex: byIndex(services.db),
});
