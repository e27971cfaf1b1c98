import { PlatformError } from '@delta/schema/errors';
import { requireIdOf } from '@delta/schema/ids';
import { listName, readPage, toConnection, type PageArguments } from '../page/index.js';
import type { ProvinceContext } from '../server/context.js';
import { organizationPage, type OrganizationPageArguments } from './organizationPage.js';
import { publishedCount } from './rules.js';
import type { OrganizationRecord } from './types.js';

export const organizationResolvers = {
  __resolveReference: async ({ id }: { id: string }, context: ProvinceContext): Promise<OrganizationRecord> => {
    const found = await context.organizations.byId.load(requireIdOf(context.services.entry.code, id));
    if (!found) throw new PlatformError('NOT_FOUND');
    return found;
  },
  parent: (organization: OrganizationRecord, _: unknown, context: ProvinceContext) =>
    (organization.parentId === null ? null : context.organizations.byId.load(organization.parentId)),
  children: async (organization: OrganizationRecord, args: PageArguments, { organizations, services }: ProvinceContext) => {
    const page = readPage(services.cursors, listName(`children of ${organization.id}`, null), args);
    return toConnection(services.cursors, page, await organizations.children.load({ parentId: organization.id, after: page.position, limit: page.first }));
  },
  memberCount: async (organization: OrganizationRecord, _: unknown, context: ProvinceContext) =>
    publishedCount(await context.organizations.memberCount.load(organization.id)),
};

/** Fields that the concept gives to `Province`. */
export const organizationQueries = {
  organizations: (_: unknown, args: OrganizationPageArguments, { services }: ProvinceContext) => organizationPage(services, args),
};
