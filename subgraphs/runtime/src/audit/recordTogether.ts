import { PlatformError } from '@delta/schema/errors';
import type { Queryable } from '../db/database.js';
import { recordEntries, writeRecordings, type Recording } from './recordEntries.js';
import type { AuditEntry, AuditedRequest } from './types.js';

/** Writes a request's entries and commits them. @throws PlatformError CONTEXT_REFUSED, and that of a lost database */
export type Recorder = (request: AuditedRequest, entries: readonly AuditEntry[], at: Date) => Promise<void>;

/** Most requests that one statement records. */
const mostTogether = 100;

interface Waiting extends Recording { readonly done: () => void; readonly failed: (error: unknown) => void }

/** How long a record waits for others to join it, in milliseconds: less than the commit that it may save each of them. */
const gatherMs = 2;

/**
 * Group commit: answers that become ready within two milliseconds, or while a statement is under way, are recorded together by
 * one. Each of them still leaves only when its own entries are committed; a commit is the dearest part of a disclosure, and so
 * is paid once for several. Where nobody else is being served, nothing is waited for.
 *
 * @param served how many requests are under way in this process, those that wait here among them
 */
export function recordTogether(db: Queryable, served: () => number): Recorder {
  const waiting: Waiting[] = [];
  let underWay = false;
  let gathering: NodeJS.Timeout | undefined;

  /** For those that the statement of many refused, or that made it fail, so that nobody fails for another. */
  const recordOne = ({ request, entries, at, done, failed }: Waiting): Promise<void> => recordEntries(db, request, entries, at).then(done, failed);

  const write = async (batch: readonly Waiting[]): Promise<void> => {
    let refused: readonly Recording[];
    try {
      refused = await writeRecordings(db, batch);
    } catch (error) {
      // A lost database leaves in doubt what it has committed: nothing is written again.
      if (error instanceof PlatformError) for (const { failed } of batch) failed(error);
      else for (const each of batch) await recordOne(each);
      return;
    }
    for (const each of batch) {
      if (refused.includes(each)) await recordOne(each);
      else each.done();
    }
  };

  const writeAll = async (): Promise<void> => {
    clearTimeout(gathering);
    gathering = undefined;
    underWay = true;
    while (waiting.length > 0) await write(waiting.splice(0, mostTogether));
    underWay = false;
  };

  return (request, entries, at) => {
    if (entries.length === 0) return Promise.resolve();
    return new Promise((done, failed) => {
      waiting.push({ request, entries, at, done, failed });
      if (underWay) return;
      if (waiting.length >= served()) void writeAll();
      else gathering ??= setTimeout(() => { void writeAll(); }, gatherMs);
    });
  };
}
