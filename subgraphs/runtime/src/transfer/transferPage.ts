import type { Viewer } from '@delta/schema/viewer';
import { requireOffice } from '../access/index.js';
import { listName, readPage, toConnection, type Connection, type PageArguments } from '../page/index.js';
import type { ProvinceServices } from '../server/services.js';
import { listTransfers } from './store.js';
import type { OwnershipTransfer } from './types.js';

/** Transfers out of the viewer's organisation and those below it, newest first. @throws PlatformError FORBIDDEN, PAGE_SIZE, CURSOR_* */
export async function transferPage({ db, cursors }: ProvinceServices, viewer: Viewer, args: PageArguments): Promise<Connection<OwnershipTransfer>> {
  const office = requireOffice(viewer, 'TRANSFER_OWNERSHIP');
  const page = readPage(cursors, listName(`transfers of ${office}`, null), args);
  return toConnection(cursors, page, await listTransfers(db, office, page.position, page.first));
}
