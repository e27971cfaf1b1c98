import { listName, readPage, toConnection, type Connection, type PageArguments } from '../page/index.js';
import type { ProvinceServices } from '../server/services.js';
import { positionFrom, positionOf } from './rules.js';
import { listLooks } from './store.js';
import type { AccessLogRecord } from './types.js';

/** A page of the looks at one member. Whether the viewer may have it is decided where the member is. @throws PlatformError PAGE_SIZE, CURSOR_* */
export async function accessLogPage({ db, cursors, entry }: ProvinceServices, memberId: string, args: PageArguments): Promise<Connection<AccessLogRecord>> {
  const page = readPage(cursors, listName(`looks at ${memberId}`, null), args);
  return toConnection(cursors, page, await listLooks(db, entry.code, memberId, positionFrom(page.position), page.first), positionOf);
}
