/** One member as the directory knows it: an id, a blind index, a version, and how it came to its owner. No name, no number, no organisation. */
export interface RegistrationEntry {
  readonly memberId: string;
  readonly blindIndex: string;
  readonly ownershipVersion: number;
  /** Signed releases (release.ts) of the owners before, oldest first; absent for a member that has never moved. */
  readonly releases?: readonly string[];
}

/** Members that a province loaded in bulk. What happens to one member afterwards goes by events (events.ts). */
export interface RegistrationBatch { readonly entries: readonly RegistrationEntry[] }

/** What the directory answers: ids that it has, again or anew, and ids that it refuses since they contradict what it has: each opens a claim. */
export interface RegistrationReceipt {
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
}

export const registrationLimits = { entries: 5_000, bodyBytes: 4 * 1024 * 1024 } as const;
export const registrationType = 'delta-registration+jwt';
export const receiptType = 'delta-registration-receipt+jwt';
