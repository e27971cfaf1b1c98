import { PlatformError } from '@delta/schema/errors';
import { requireOwnViewer, writeGrant } from '../access/index.js';
import { refusalAnswer } from '../passCheck/index.js';
import type { ProvinceContext } from '../server/context.js';
import { findLookup, requireUsableLookup } from './findLookup.js';
import { openLookup, type OpenLookupInput } from './openLookup.js';
import { openLookupByPass, type OpenLookupByPassInput } from './openLookupByPass.js';
import { revealMember, type RevealMemberInput } from './revealMember.js';
import { schemaNameOf } from './rules.js';
import type { LookupInCase } from './types.js';

export const lookupResolvers = {
  __resolveReference: ({ id }: { id: string }, context: ProvinceContext): Promise<LookupInCase> => findLookup(context.services, requireOwnViewer(context), id),
  openedAt: ({ openedAt }: LookupInCase) => openedAt.toISOString(),
  expiresAt: ({ expiresAt }: LookupInCase) => expiresAt.toISOString(),
  case: async ({ caseId }: LookupInCase, _: unknown, context: ProvinceContext) => {
    if (caseId === null) return null;
    const found = await context.cases.own.load(caseId);
    if (!found) throw new PlatformError('NOT_FOUND');
    return found;
  },
  revealed: ({ reveals, reveal }: LookupInCase) => (reveals === null ? null : reveal.map(schemaNameOf)),
  grant: (lookup: LookupInCase, _: unknown, context: ProvinceContext) => {
    const now = context.services.now();
    return writeGrant(context.services.messages, requireUsableLookup(lookup, now), context, now);
  },
};

export const lookupMutations = {
  openLookup: async (_: unknown, { input }: { input: OpenLookupInput }, context: ProvinceContext) =>
    ({ lookup: await openLookup(context.services, requireOwnViewer(context), context.trail.request, input) }),
  openLookupByPass: async (_: unknown, { input }: { input: OpenLookupByPassInput }, context: ProvinceContext) => {
    const opened = await openLookupByPass(context.services, requireOwnViewer(context), context.trail.request, input);
    return 'lookup' in opened ? { lookup: opened.lookup, refusal: null } : { lookup: null, refusal: refusalAnswer(opened.refusal) };
  },
  revealMember: async (_: unknown, { input }: { input: RevealMemberInput }, context: ProvinceContext) =>
    ({ lookup: await revealMember(context.services, requireOwnViewer(context), context.trail.request, input) }),
};
