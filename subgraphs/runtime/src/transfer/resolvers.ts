import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import { requireOffice, requireOwnViewer } from '../access/index.js';
import type { PageArguments } from '../page/index.js';
import type { ProvinceContext } from '../server/context.js';
import { transferOwnership, type TransferOwnershipInput } from './transferOwnership.js';
import { transferPage } from './transferPage.js';
import type { OwnershipTransfer } from './types.js';

export const transferResolvers = {
  __resolveReference: async ({ id }: { id: string }, context: ProvinceContext): Promise<OwnershipTransfer> => {
    requireOffice(requireOwnViewer(context), 'TRANSFER_OWNERSHIP');
    const found = await context.transfers.own.load(requireIdOf(context.services.entry.code, id));
    if (!found) throw new PlatformError('NOT_FOUND');
    return found;
  },
  openedAt: ({ openedAt }: OwnershipTransfer) => openedAt.toISOString(),
  settledAt: ({ settledAt }: OwnershipTransfer) => settledAt?.toISOString() ?? null,
  declinedFor: ({ reason }: OwnershipTransfer) => reason,
  fromOrganization: ({ fromOrganizationId }: OwnershipTransfer, _: unknown, { organizations }: ProvinceContext) => organizations.byId.load(fromOrganizationId),
};

/** Fields that the concept gives to `Province`. */
export const transferQueries = {
  ownershipTransfers: (_: unknown, args: PageArguments, context: ProvinceContext) => transferPage(context.services, requireOwnViewer(context), args),
};

export const transferMutations = {
  transferOwnership: async (_: unknown, { input }: { input: TransferOwnershipInput }, context: ProvinceContext) =>
    ({ transfer: await transferOwnership(context.services, requireOwnViewer(context), context.trail.request, input) }),
};
