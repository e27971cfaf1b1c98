/** One member as the directory knows it: an id, a blind index, a version. No name, no number, no organisation. */
export interface RegistrationEntry { readonly memberId: string; readonly blindIndex: string; readonly ownershipVersion: number }

/** What a province sends; also with no entries, to hear of claims. */
export interface RegistrationBatch { readonly entries: readonly RegistrationEntry[] }

export interface DuplicateClaim {
  readonly id: string;
  readonly memberId: string;
  /** Slugs. */
  readonly claimant: string;
  readonly holder: string;
  readonly openedAt: string;
}

/** What the directory answers: ids now in it (again or anew), ids that another province holds, claims that concern the sender. */
export interface RegistrationReceipt {
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
  readonly claims: readonly DuplicateClaim[];
}

export const registrationLimits = { entries: 5_000, bodyBytes: 2 * 1024 * 1024 } as const;
export const registrationType = 'delta-registration+jwt';
