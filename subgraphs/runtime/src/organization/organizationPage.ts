import { isKnownDivision } from '../division/index.js';
import { listName, readPage, toConnection, type Connection, type PageArguments } from '../page/index.js';
import type { ProvinceServices } from '../server/services.js';
import { divisionPrefix, requireDivision } from './rules.js';
import { listOrganizations } from './store.js';
import type { OrganizationFilter, OrganizationRecord } from './types.js';

export interface OrganizationPageArguments extends PageArguments { readonly filter?: OrganizationFilter | null }

/** A page of the province's organizations: the branch finder. Public: offices, never persons. @throws PlatformError UNKNOWN_DIVISION, SEARCH_TEXT, PAGE_SIZE, CURSOR_* */
export async function organizationPage({ db, cursors }: ProvinceServices, args: OrganizationPageArguments): Promise<Connection<OrganizationRecord>> {
  const filter = requireDivision(args.filter, isKnownDivision);
  const page = readPage(cursors, listName('organizations', filter), args);
  const within = filter.divisionCode ? { ...filter, divisionCode: divisionPrefix(filter.divisionCode) } : filter;
  return toConnection(cursors, page, await listOrganizations(db, within, page.position, page.first));
}
