import { openTrustList, PassRefusal, type Root, type TrustList } from '@delta/pass';
import { clockTolerance } from '@delta/pass/limits';
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
  const seconds = now().getTime() / 1000;
  if (list.expires <= seconds) throw new PassRefusal('TRUST_LIST_EXPIRED', 'trustList');
  if (list.issuedAt > seconds + clockTolerance) throw new PassRefusal('STATION_CLOCK', 'trustList');
  if (last?.sequence !== list.sequence) await insertTrustList(within, list, signed, now());
  return list;
});
