/** One member as the directory knows it: an id, a blind index, a version. No name, no number, no organisation. */
export interface RegistrationEntry { readonly memberId: string; readonly blindIndex: string; readonly ownershipVersion: number }

/** What a province sends; also with nothing new in it, to hear what the zone has to tell. */
export interface RegistrationBatch {
  readonly entries: readonly RegistrationEntry[];
  /** Members whose record was shredded: the directory forgets those that are the sender's. */
  readonly releases?: readonly string[];
  /** Place in the zone's audit chain up to which the sender has heard of looks at its members. */
  readonly looksAfter?: string;
}

export interface DuplicateClaim {
  readonly id: string;
  readonly memberId: string;
  /** Slugs. */
  readonly claimant: string;
  readonly holder: string;
  readonly openedAt: string;
}

/** A look at a member that another than the owner recorded. Of whom looked no more than the member may see, and no lookup. */
export interface LookNotice {
  /** Id of the recorder's audit entry. */
  readonly id: string;
  readonly at: string;
  readonly kind: string;
  readonly memberId: string;
  readonly role: string | null;
  readonly province: string | null;
  readonly organization: string | null;
  readonly purpose: string | null;
  readonly fields: readonly string[];
}

/** A stretch of the zone's audit chain as far as it concerns the sender. */
export interface LookNotices {
  readonly looks: readonly LookNotice[];
  /** Place to go on from; 0 when the chain is shorter than the sender believes, since the zone was restored from a backup. */
  readonly until: string;
  readonly more: boolean;
}

/**
 * What the directory answers: ids now in it (again or anew), ids that another province holds, ids it has forgotten, claims that
 * concern the sender; looks at its members.
 */
export interface RegistrationReceipt {
  readonly accepted: readonly string[];
  readonly refused: readonly string[];
  readonly released: readonly string[];
  readonly claims: readonly DuplicateClaim[];
  readonly notices: LookNotices;
}

export const registrationLimits = { entries: 5_000, bodyBytes: 2 * 1024 * 1024, looks: 5_000 } as const;
export const registrationType = 'delta-registration+jwt';
export const receiptType = 'delta-registration-receipt+jwt';
