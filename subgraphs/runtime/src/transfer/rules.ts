/** What is known here of a member that arrives. */
export interface Local {
  readonly version: number;
  /** Whether the record is held here, and not erased. */
  readonly held: boolean;
}

/** TAKE: it is new. KNOWN: it was taken before, whatever became of it since; the sender is only told again. */
export type Arrival = 'TAKE' | 'KNOWN' | 'ALREADY_HELD';

/**
 * @param local the row of that id, if there is one
 * @param version under which the record is this province's, by its sender's release
 * @param holder the id under which the same person is held here, if anybody is
 * @param given the version from which on this province's own releases say that the record is another's, 0 where it signed none. Who
 * holds it under a lower one has not heard yet that it was received, or was restored to a backup of before: it has come round all the same
 */
export function arrivalOf(memberId: string, local: Local | undefined, version: number, holder: string | undefined, given = 0): Arrival {
  if (local && local.version >= version) return 'KNOWN';
  if ((local?.held && given <= local.version) || (holder !== undefined && holder !== memberId)) return 'ALREADY_HELD';
  return 'TAKE';
}

/** What a sender does that hears that its record was received under a version. An older or repeated word changes nothing. */
export const isNews = (local: Local | undefined, version: number): boolean => local === undefined || local.version < version;

/** The version that a sender takes whose release was declined: whoever shows that release later is too late. */
export const versionAfterDecline = (declined: number): number => declined + 1;
