import { openTrustList, type KnownIssued, type StatusList } from '@delta/pass';
import { noteFailure } from './noteOutcome.js';
import type { PullServices } from './services.js';
import type { Held } from './shelf.js';
import { storedLists, type StoredList } from './store.js';
import { openList } from './takeList.js';

const remember = ({ shelf: { memory } }: PullServices, { kind, kid, number, digest }: StoredList): void => {
  if (kind === 'TRUST') memory.noteTrustList({ sequence: number, digest });
  if (kind === 'STATUS') memory.noteStatusList({ kid, issuedAt: number });
};

/**
 * Takes up what was accepted before: after a restart, and when the trust list is another one, by which all that is held is judged
 * anew. What was accepted is remembered also where it does not open any more (roots that were replaced, a status key that was stolen).
 */
export async function restoreLists(services: PullServices, { alsoTrust }: { readonly alsoTrust: boolean }): Promise<void> {
  const { db, shelf, roots } = services;
  const stored = await storedLists(db);
  for (const list of stored) remember(services, list);
  for (const { signed } of stored.filter(({ kind }) => alsoTrust && kind === 'TRUST')) {
    const list = await openTrustList(signed, { roots }).catch((error: unknown) => noteFailure(services, 'TRUST', '', error));
    if (list) shelf.trust = list;
  }
  const trust = shelf.trust;
  const anew = { status: new Map<string, Held<StatusList>>(), knownIssued: new Map<string, Held<KnownIssued>>() };
  for (const { kind, kid, signed } of trust ? stored : []) {
    if (kind === 'TRUST') continue;
    await openList(shelf, trust!, kind, kid, signed).then(({ use }) => { use(anew); }, (error: unknown) => { noteFailure(services, kind, kid, error); });
  }
  // What came in while these were opened is newer.
  for (const [kid, held] of shelf.status) if (held.under === trust) anew.status.set(kid, held);
  for (const [kid, held] of shelf.knownIssued) if (held.under === trust) anew.knownIssued.set(kid, held);
  Object.assign(shelf, anew);
}
