import { openTrustList, requireCurrent, type Root, type TrustList } from '@delta/pass';
import type { Database } from '@delta/runtime/db/database';
import { insertTrustList, lockTrustLists, newestTrustList } from './store.js';

export interface AcceptOptions { readonly db: Database; readonly roots: readonly Root[]; readonly now: () => Date }

/**
 * Takes a list into force: signed by enough roots, newer than the one in force, and not over. The same one again changes nothing,
 * whoever signed it. All is judged within the transaction that stores it.
 * @throws PassRefusal of the pass's catalogue; nothing is stored then
 */
export const acceptTrustList = ({ db, roots, now }: AcceptOptions, signed: Uint8Array): Promise<TrustList> => db.transaction(async (within) => {
  await lockTrustLists(within);
  const last = await newestTrustList(within);
  const list = await openTrustList(signed, { roots, last });
  requireCurrent(list, now().getTime() / 1000);
  if (last?.sequence !== list.sequence) await insertTrustList(within, list, signed, now());
  return list;
});
