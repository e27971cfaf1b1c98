import type { KnownIssued, ListMemory, StatusList, TrustList } from '@delta/pass';

/** The signed lists by which passes of all provinces are judged here, as new as this province has seen them. */
export interface PassLists {
  /** Verified by this province's pinned roots; whether it is over is judged when a pass is. Undefined before the first. */
  trust(): TrustList | undefined;
  /** Of an issuing key (hexadecimal), any province's. */
  status(kid: string): StatusList | undefined;
  /**
   * The same, asked for at its issuer unless that was done within `maxAgeMs` milliseconds: for stations that are online. Of an
   * issuer that does not answer in time, or says what is refused, the one held; its `issuedAt` tells.
   */
  freshStatus(kid: string, maxAgeMs: number): Promise<StatusList | undefined>;
  knownIssued(kid: string): KnownIssued | undefined;
  /** What was accepted, kept over restarts: nothing older is taken again. */
  readonly memory: ListMemory;
  /** Asks the zone and every issuer now. A part that does not answer costs nothing but the age of its lists. */
  refresh(): Promise<void>;
  /** Asks nobody any more; resolves when nothing is under way. */
  stop(): Promise<void>;
}

/** The lists that this province itself signs, as it publishes them: taken where they are made, not over the network. */
export interface OwnLists {
  /** Two digits. */
  readonly issuer: string;
  status(kid: string): Promise<Uint8Array | undefined>;
  knownIssued(kid: string): Promise<Uint8Array | undefined>;
}

export type ListKind = 'STATUS' | 'KNOWN_ISSUED';
