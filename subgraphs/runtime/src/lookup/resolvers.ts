import { PlatformError } from '@delta/schema/errors';
import { requireOwnViewer, signGrant } from '../access/index.js';
import type { ProvinceContext } from '../server/context.js';
import { findLookup } from './findLookup.js';
import { openLookup, type OpenLookupInput } from './openLookup.js';
import type { LookupRecord } from './types.js';

export const lookupResolvers = {
  __resolveReference: ({ id }: { id: string }, context: ProvinceContext): Promise<LookupRecord> => findLookup(context.services, requireOwnViewer(context), id),
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
