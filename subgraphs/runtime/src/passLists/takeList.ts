import { createHash } from 'node:crypto';
import { openKnownIssued, openStatusList, PassRefusal, type TrustList } from '@delta/pass';
import { clockTolerance } from '@delta/pass/limits';
import type { ListKind } from './passLists.js';
import type { PullServices } from './services.js';
import type { Shelf } from './shelf.js';
import { storeList } from './store.js';

/** Verifies a list about one issuing key; `use` puts it among others. @throws PassRefusal */
export async function openList({ memory }: Shelf, trust: TrustList, kind: ListKind, kid: string, signed: Uint8Array): Promise<{ readonly issuedAt: number; use(place: Pick<Shelf, 'status' | 'knownIssued'>): void }> {
  if (kind === 'KNOWN_ISSUED') {
    const list = await openKnownIssued(signed, { trust });
    if (list.kid !== kid) throw new PassRefusal('ISSUER_MISMATCH', 'knownIssued');
    return { issuedAt: 0, use: ({ knownIssued }) => { knownIssued.set(kid, { list, issuedAt: 0, under: trust }); } };
  }
  const list = await openStatusList(signed, { trust, lastIssuedAt: (key) => memory.lastIssuedAt(key) });
  if (list.kid !== kid) throw new PassRefusal('STATUS_LIST_FOREIGN', 'statusList');
  return { issuedAt: list.issuedAt, use: ({ status }) => {
    memory.noteStatusList(list);
    status.set(kid, { list, issuedAt: list.issuedAt, under: trust });
  } };
}

/** A list that came in: verified, then persisted, then used. @throws PassRefusal; what is held stays then. @returns whether it is in use */
export async function takeList({ db, shelf, now }: PullServices, trust: TrustList, kind: ListKind, kid: string, signed: Uint8Array): Promise<boolean> {
  const { issuedAt, use } = await openList(shelf, trust, kind, kid, signed);
  if (issuedAt > now().getTime() / 1000 + clockTolerance) throw new PassRefusal('STATION_CLOCK', 'statusList');
  const digest = createHash('sha256').update(signed).digest('hex');
  if (!(await storeList(db, { kind, kid, number: issuedAt, digest, signed }, now()))) throw new PassRefusal('STATUS_LIST_ROLLED_BACK', 'statusList');
  // Another trust list has come meanwhile: this one is judged by that, from the database.
  if (shelf.trust !== trust) return false;
  use(shelf);
  return true;
}
