import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import type { Database } from '../db/database.js';
import type { findPassForCheck } from '../pass/index.js';
import type { PassLists } from '../passLists/index.js';
import { minuteOf } from './rules.js';
import { chargeCheck, forgetShown } from './store.js';

/** What passes are judged by. */
export type JudgingLists = Pick<PassLists, 'trust' | 'status' | 'knownIssued' | 'freshStatus'>;

/** What verifying passes needs beside the database: made once at start. */
export interface PassChecking {
  readonly lists: JudgingLists;
  /** Of a pass that this province issued, whose it is. */
  readonly findPass: typeof findPassForCheck;
  /** @throws PlatformError VERIFY_LIMIT with `limit` and `retryAt` */
  charge(viewer: Viewer): Promise<void>;
  stop(): void;
}

export interface PassCheckingOptions {
  readonly db: Database;
  readonly lists: JudgingLists;
  /** Of a pass that this province issued, whose it is. */
  readonly findPass: typeof findPassForCheck;
  /** How many passes and challenges one viewer may have in a minute. */
  readonly perMinute: number;
  readonly now: () => Date;
}

const sweepMs = 5 * 60_000;

/** The limit is there against whoever tries codes one after another, so it counts by the clock's minute and not more exactly. */
export function createPassChecking({ db, lists, findPass, perMinute, now }: PassCheckingOptions): PassChecking {
  const sweep = setInterval(() => { forgetShown(db, now()).catch(() => undefined); }, sweepMs).unref();
  return {
    lists, findPass,
    async charge(viewer) {
      const minute = minuteOf(now());
      if (await chargeCheck(db, viewer, minute) > perMinute) throw new PlatformError('VERIFY_LIMIT', { limit: perMinute, retryAt: new Date((minute + 1) * 60_000).toISOString() });
    },
    stop: () => { clearInterval(sweep); },
  };
}
