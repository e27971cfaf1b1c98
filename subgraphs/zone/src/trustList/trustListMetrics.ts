import { keysWithoutNext, openTrustList, type Root } from '@delta/pass';
import type { Queryable } from '@delta/runtime/db/database';
import { gauge, type Metrics } from '@delta/service/metrics';
import { newestTrustList, type StoredTrustList } from './store.js';

/** What `/metrics` says of the list in force: when it ends, and how many keys end within 30 days without a next one. Looked at when it is asked for. */
export function trustListMetrics(metrics: Metrics, { db, roots, now }: { readonly db: Queryable; readonly roots: readonly Root[]; readonly now: () => Date }): void {
  const standing = (name: string, help: string, read: (list: StoredTrustList) => number | Promise<number | undefined>): void => {
    const series = gauge(metrics, name, help, [], async () => {
      const stored = await newestTrustList(db).catch(() => undefined);
      const value = stored && await read(stored);
      if (value === undefined) series.remove();
      else series.set(value);
    });
  };
  standing('delta_pass_trust_list_expires', 'When the trust list in force ends, in seconds since 1970; no value before the first.', ({ expires }) => expires);
  standing('delta_pass_trust_list_sequence', 'Number of the trust list in force; no value before the first.', ({ sequence }) => sequence);
  standing('delta_pass_keys_without_next', 'Keys of the trust list in force that end within 30 days without a next one in it.', async ({ signed }) => {
    // Where a root was replaced since, the list in force opens no more, and nothing is known of its keys until the next one.
    const list = await openTrustList(signed, { roots }).catch(() => undefined);
    return list && keysWithoutNext(list.keys, now().getTime() / 1000).length;
  });
}
