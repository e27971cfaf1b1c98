import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import { requireOffice, requireOwnViewer } from '../access/index.js';
import type { ProvinceContext } from '../server/context.js';
import { casePage, type CasePageArguments } from './casePage.js';
import { closeCase, type CloseCaseInput } from './closeCase.js';
import { openCase, type OpenCaseInput } from './openCase.js';
import { stateOf } from './rules.js';
import type { CaseRecord } from './types.js';

export const caseResolvers = {
  __resolveReference: async ({ id }: { id: string }, context: ProvinceContext): Promise<CaseRecord> => {
    requireOffice(requireOwnViewer(context), 'LIST_CASES');
    const found = await context.cases.own.load(requireIdOf(context.services.entry.code, id));
    if (!found) throw new PlatformError('NOT_FOUND');
    return found;
  },
  state: (file: CaseRecord, _: unknown, { services }: ProvinceContext) => stateOf(file, services.now()),
  openedAt: ({ openedAt }: CaseRecord) => openedAt.toISOString(),
  expiresAt: ({ expiresAt }: CaseRecord) => expiresAt.toISOString(),
  closedAt: ({ closedAt }: CaseRecord) => closedAt?.toISOString() ?? null,
  organization: ({ organizationId }: CaseRecord, _: unknown, { organizations }: ProvinceContext) => organizations.byId.load(organizationId),
};

/** Fields that the concept gives to `Province`. */
export const caseQueries = {
  cases: (_: unknown, args: CasePageArguments, context: ProvinceContext) => casePage(context.services, requireOwnViewer(context), args),
};

export const caseMutations = {
  openCase: async (_: unknown, { input }: { input: OpenCaseInput }, context: ProvinceContext) =>
    ({ case: await openCase(context.services, requireOwnViewer(context), context.trail.request, input) }),
  closeCase: async (_: unknown, { input }: { input: CloseCaseInput }, context: ProvinceContext) =>
    ({ case: await closeCase(context.services, requireOwnViewer(context), context.trail.request, input) }),
};
