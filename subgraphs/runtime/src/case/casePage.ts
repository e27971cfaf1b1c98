import type { Viewer } from '@delta/schema/viewer';
import { requireOffice } from '../access/index.js';
import { listName, readPage, toConnection, type Connection, type PageArguments } from '../page/index.js';
import type { ProvinceServices } from '../server/services.js';
import { listCases } from './store.js';
import type { CaseRecord, CaseState } from './types.js';

export interface CasePageArguments extends PageArguments { readonly filter?: { readonly state?: CaseState | null } | null }

/**
 * Cases of the viewer's own organisation, newest first. The list's name holds the organisation, so a cursor is of no use to another.
 * @throws PlatformError FORBIDDEN, PAGE_SIZE, CURSOR_*
 */
export async function casePage({ db, cursors, now }: ProvinceServices, viewer: Viewer, args: CasePageArguments): Promise<Connection<CaseRecord>> {
  const organizationId = requireOffice(viewer, 'LIST_CASES');
  const filter = args.filter ?? {};
  const page = readPage(cursors, listName(`cases of ${organizationId}`, filter), args);
  return toConnection(cursors, page, await listCases(db, organizationId, filter.state ?? null, now(), page.position, page.first));
}
