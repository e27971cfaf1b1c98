import { listParked } from '../exchange/index.js';
import { listName, readPage, toConnection, type Connection, type PageArguments } from '../page/index.js';
import type { ProvinceServices } from '../server/services.js';
import { codeOf, positionFrom, positionOf } from './rules.js';

/** A parked event as the contract shows it. */
export interface SeenEvent {
  readonly id: string;
  /** A province's code, or `zone`. */
  readonly peer: string;
  readonly seq: number;
  readonly type: string;
  readonly version: number;
  readonly reason: string;
  /** ISO 8601 in UTC. */
  readonly writtenAt: string;
  readonly receivedAt: string;
}

/** A page of what is parked, by peer and place. @throws PlatformError PAGE_SIZE, CURSOR_* */
export async function parkedPage({ db, cursors }: ProvinceServices, args: PageArguments): Promise<Connection<SeenEvent>> {
  const page = readPage(cursors, listName('parked events', null), args);
  const rows = await listParked(db, positionFrom(page.position), page.first);
  // The position names the peer as the tables do, since they are ordered by it.
  return toConnection(cursors, page, rows.map((row): SeenEvent => ({
    ...row, id: positionOf(row), peer: codeOf(row.peer), writtenAt: row.writtenAt.toISOString(), receivedAt: row.receivedAt.toISOString(),
  })));
}
