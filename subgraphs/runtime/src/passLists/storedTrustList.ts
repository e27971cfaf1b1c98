import { openTrustList, type Root, type TrustList } from '@delta/pass';
import type { Queryable } from '../db/database.js';
import { storedLists } from './store.js';

/** The trust list that the province has in force, for commands beside it; undefined before the first. @throws PassRefusal where these roots did not sign it */
export async function storedTrustList(db: Queryable, roots: () => Promise<readonly Root[]>): Promise<TrustList | undefined> {
  const stored = (await storedLists(db)).find(({ kind }) => kind === 'TRUST');
  return stored && openTrustList(stored.signed, { roots: await roots() });
}
