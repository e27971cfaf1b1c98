import type { Viewer } from '@delta/schema/viewer';
import { requireOffice } from '../access/index.js';
import { listName, readPage, toConnection, type Connection, type PageArguments } from '../page/index.js';
import type { ProvinceServices } from '../server/services.js';
import { listPasses } from './store.js';
import type { PassFilter, PassRecord } from './types.js';

export interface PassPageArguments extends PageArguments { readonly filter?: PassFilter | null }

/** The issue register of the viewer's organisation and those below it, newest first. @throws PlatformError FORBIDDEN, PAGE_SIZE, CURSOR_* */
export async function passPage({ db, cursors, now }: ProvinceServices, viewer: Viewer, args: PassPageArguments): Promise<Connection<PassRecord>> {
  const office = requireOffice(viewer, 'KEEP_PASSES');
  const filter = args.filter ?? {};
  const page = readPage(cursors, listName(`passes of ${office}`, filter), args);
  return toConnection(cursors, page, await listPasses(db, office, filter, now(), page.position, page.first));
}
