import { openTrustList, PassRefusal, requireCurrent } from '@delta/pass';
import { fetchDocument } from './fetchDocument.js';
import { listBytes, listTimes } from './limits.js';
import { noteAnswer, noteFailure } from './noteOutcome.js';
import type { PullServices } from './services.js';
import { askedOf } from './shelf.js';
import { storeList } from './store.js';

/**
 * Asks the zone for the trust list and takes it if this province's pinned roots have signed it, it is newer than the one before and
 * not over. It is persisted before it is used, so that a restart finds nothing older good.
 * @returns whether another list is in use now
 */
export async function pullTrustList(services: PullServices): Promise<boolean> {
  const { db, shelf, roots, zoneUrl, send, now, signal } = services;
  const asked = askedOf(shelf, 'TRUST ');
  try {
    const fetched = await fetchDocument(new URL('/pass/trust-list', zoneUrl), { send, tag: asked.tag, maxBytes: listBytes.TRUST, signal: AbortSignal.any([signal, AbortSignal.timeout(listTimes.timeoutMs)]) });
    if (fetched.kind !== 'new') {
      if (fetched.kind === 'same') noteAnswer(services, 'TRUST', '');
      return false;
    }
    const list = await openTrustList(fetched.bytes, { roots, last: shelf.memory.last() });
    requireCurrent(list, now().getTime() / 1000);
    if (!(await storeList(db, { kind: 'TRUST', kid: '', number: list.sequence, digest: list.digest, signed: fetched.bytes }, now()))) throw new PassRefusal('TRUST_LIST_ROLLED_BACK', 'trustList');
    const changed = shelf.trust?.digest !== list.digest;
    shelf.memory.noteTrustList(list);
    shelf.trust = list;
    asked.tag = fetched.tag;
    noteAnswer(services, 'TRUST', '');
    return changed;
  } catch (error) {
    if (!signal.aborted) noteFailure(services, 'TRUST', '', error);
    return false;
  }
}
