import { createListMemory, type KnownIssued, type ListMemory, type StatusList, type TrustList } from '@delta/pass';

/** A list in use, and how it was come by. */
export interface Held<L> {
  readonly list: L;
  /** When it was made, in seconds. */
  readonly issuedAt: number;
  /** The trust list by which it was verified. */
  readonly under: TrustList;
}

/** What was last heard about one list. */
export interface Asked {
  /** Tag of the bytes that were accepted last, for asking whether there are others. */
  tag?: string | undefined;
  /** When the issuer last answered, by the process's monotonic clock in milliseconds. */
  answeredAt?: number;
  /** Until it answers: why attempts bring nothing, since when and when last by the same clock, and whether the log says so. */
  failure?: { readonly reason: string; readonly since: number; readonly at: number; readonly said: boolean } | undefined;
}

/** All lists in use in this process. Only what was verified and persisted gets here. */
export interface Shelf {
  trust: TrustList | undefined;
  status: Map<string, Held<StatusList>>;
  knownIssued: Map<string, Held<KnownIssued>>;
  readonly asked: Map<string, Asked>;
  readonly memory: ListMemory;
}

export const createShelf = (): Shelf => ({ trust: undefined, status: new Map(), knownIssued: new Map(), asked: new Map(), memory: createListMemory() });

export function askedOf({ asked }: Shelf, name: string): Asked {
  const known = asked.get(name) ?? {};
  asked.set(name, known);
  return known;
}
