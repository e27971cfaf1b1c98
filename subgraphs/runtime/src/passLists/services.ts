import type { Root } from '@delta/pass';
import type { Logger } from '@delta/service/log';
import type { Database } from '../db/database.js';
import type { OwnLists } from './passLists.js';
import type { Shelf } from './shelf.js';

/** What pulling lists works with. */
export interface PullServices {
  readonly db: Database;
  readonly shelf: Shelf;
  readonly roots: readonly Root[];
  readonly zoneUrl: string;
  /** `fetch`, or one that shows a certificate. */
  readonly send: typeof fetch;
  readonly own: OwnLists | undefined;
  readonly log: Logger;
  readonly now: () => Date;
  /** Ends all that is under way. */
  readonly signal: AbortSignal;
  /** Told of what was refused, by the code of the pass's catalogue or `UNREACHABLE`. */
  readonly refused: (list: 'TRUST' | 'STATUS' | 'KNOWN_ISSUED', code: string) => void;
}
