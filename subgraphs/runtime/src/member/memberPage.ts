import { requireIdOf } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { requireOffice } from '../access/index.js';
import { listName, readPage, toConnection, type Connection, type PageArguments } from '../page/index.js';
import type { ProvinceServices } from '../server/services.js';
import { listMembers } from './store.js';
import type { MemberFilter, MemberRecord } from './types.js';

export interface MemberPageArguments extends PageArguments { readonly filter?: MemberFilter | null }

/**
 * A page of the members at the viewer's organisation or below it. The list's name holds the organisation, so a cursor is of
 * no use to a viewer of another.
 * @throws PlatformError FORBIDDEN, MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, PAGE_SIZE, CURSOR_*
 */
export async function memberPage({ db, cursors, entry }: ProvinceServices, viewer: Viewer, args: MemberPageArguments): Promise<Connection<MemberRecord>> {
  const scope = requireOffice(viewer, 'LIST_MEMBERS');
  const filter = args.filter ?? {};
  if (filter.organizationId) requireIdOf(entry.code, filter.organizationId);
  const page = readPage(cursors, listName(`members of ${scope}`, filter), args);
  return toConnection(cursors, page, await listMembers(db, scope, filter, page.position, page.first));
}
