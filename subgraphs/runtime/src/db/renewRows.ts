import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Queryable } from './database.js';

export interface RenewOptions {
  /** Rows a transaction. They are locked for as long as it takes to seal them: some tens of milliseconds. */
  readonly batch?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

export interface Renewed {
  readonly renewed: number;
  /** Ids of rows whose stored bytes no key opens: left as they are. */
  readonly unreadable: readonly string[];
}

/** Rows that lie under something that is being replaced, such as a master key. */
export interface Renewable<Row> {
  /** How many rows are not as they should be. */
  behind(): Promise<number>;
  /** Locks the next of them by id until the transaction ends, and passes over those that another holds. */
  lock(within: Queryable, after: string | null, limit: number): Promise<readonly Row[]>;
  idOf(row: Row): string;
  /** The row as it should be; undefined where nothing opens it. */
  renew(row: Row): Row | undefined;
  store(within: Queryable, rows: readonly Row[]): Promise<void>;
}

/**
 * Renews row after row, a batch a transaction, while everybody else goes on. What was done is read from the rows, so that one that
 * was killed begins again where it stopped, and two at once share the work. It ends when none is left but those that nothing opens.
 */
export async function renewRows<Row>(db: Database, rows: Renewable<Row>, { batch = 500, onProgress = () => undefined, signal }: RenewOptions = {}): Promise<Renewed> {
  const total = await rows.behind();
  const unreadable = new Set<string>();
  let renewed = 0;
  onProgress(0, total);
  for (let left = total; left > unreadable.size; left = await rows.behind()) {
    const before = renewed;
    let after: string | null = null;
    for (;;) {
      signal?.throwIfAborted();
      const met = await db.transaction(async (within) => {
        const locked = await rows.lock(within, after, batch);
        await rows.store(within, locked.flatMap((row) => {
          const fresh = rows.renew(row);
          if (fresh === undefined) unreadable.add(rows.idOf(row));
          return fresh ?? [];
        }));
        return locked.map((row) => rows.idOf(row));
      });
      const last = met.at(-1);
      if (last === undefined) break;
      after = last;
      renewed += met.filter((id) => !unreadable.has(id)).length;
      onProgress(Math.min(renewed, total), total);
    }
    // Whoever held the rows that were passed over needs a moment.
    if (renewed === before) await sleep(100);
  }
  return { renewed, unreadable: [...unreadable] };
}
