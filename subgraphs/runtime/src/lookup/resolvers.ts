import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import { requireOwnViewer, type ProvinceContext } from '../server/context.js';
import { signGrant } from './grant.js';
import { openLookup, type OpenLookupInput } from './openLookup.js';
import { findOwnLookup } from './store.js';
import type { LookupRecord } from './types.js';

export const lookupResolvers = {
  __resolveReference: async ({ id }: { id: string }, context: ProvinceContext): Promise<LookupRecord> => {
    const found = await findOwnLookup(context.services.db, requireOwnViewer(context), requireIdOf(context.services.entry.code, id));
    if (!found) throw new PlatformError('NOT_FOUND');
    return found;
  },
  openedAt: ({ openedAt }: LookupRecord) => openedAt.toISOString(),
  expiresAt: ({ expiresAt }: LookupRecord) => expiresAt.toISOString(),
  grant: (lookup: LookupRecord, _: unknown, context: ProvinceContext) => {
    const now = context.services.now();
    if (lookup.expiresAt <= now) throw new PlatformError('GRANT_EXPIRED');
    return signGrant(context.services.signer, lookup, context, now);
  },
};

export const lookupMutations = {
  openLookup: async (_: unknown, { input }: { input: OpenLookupInput }, context: ProvinceContext) =>
    ({ lookup: await openLookup(context.services, requireOwnViewer(context), context.requestId, input) }),
};
