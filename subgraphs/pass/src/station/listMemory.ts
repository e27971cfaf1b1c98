import type { StatusList } from '../status/statusList.js';
import type { TrustList } from '../trust/trustList.js';

/** Which lists a station has accepted, so that none older is again: what openTrustList and openStatusList ask for. */
export interface ListMemory {
  /** Of the trust list. */
  last(): { readonly sequence: number; readonly digest: string } | undefined;
  /** Of the status list of an issuing key. */
  lastIssuedAt(kid: string): number | undefined;
  noteTrustList(list: Pick<TrustList, 'sequence' | 'digest'>): void;
  noteStatusList(list: Pick<StatusList, 'kid' | 'issuedAt'>): void;
}

/** In memory; a station keeps it in its database beside what it admitted. */
export function createListMemory(): ListMemory {
  let last: ReturnType<ListMemory['last']>;
  const issuedAt = new Map<string, number>();
  return {
    last: () => last,
    lastIssuedAt: (kid) => issuedAt.get(kid),
    noteTrustList({ sequence, digest }) { if (!last || sequence > last.sequence) last = { sequence, digest }; },
    noteStatusList({ kid, issuedAt: time }) { issuedAt.set(kid, Math.max(time, issuedAt.get(kid) ?? 0)); },
  };
}
