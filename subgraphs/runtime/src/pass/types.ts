/** PHONE: proven by a key that cannot leave the phone. PAPER: printed, held against the identity document by hand. */
export type PassClass = 'PHONE' | 'PAPER';

/** As stored. What time makes of it is `SeenState`. */
export type PassState = 'AWAITING_ENROLMENT' | 'VALID' | 'SUSPENDED' | 'REVOKED';

/** LAPSED: its code was not used in time. EXPIRED: past the end of its last credential. */
export type SeenState = PassState | 'LAPSED' | 'EXPIRED';

/** Why a pass is issued, as the register says it. */
export type IssueReason = 'FIRST' | 'NEW_PHONE' | 'LOST' | 'KEY_LOST' | 'NO_PHONE';

/** Why an office revokes a pass. */
export type Revocation = 'LOST' | 'MISUSED' | 'ISSUED_IN_ERROR' | 'MEMBERSHIP_ENDED' | 'RETURNED';
/** Why a pass was revoked; an act of no office where it is no `Revocation`. */
export type RevokedFor = Revocation | 'REPLACED' | 'LAPSED' | 'TRANSFERRED' | 'ERASED' | 'RECOVERED';

export type SuspendReason = 'MISSING' | 'UNDER_REVIEW' | 'REQUESTED';

export type InspectionResult = 'PASSED' | 'NOT_PASSED';

/** What an office did with a pass, as it is recorded. */
export type PassActName = 'ISSUED' | 'PRINTED' | 'SUSPENDED' | 'RESUMED' | 'REVOKED' | 'INSPECTED';

/** An entry of the issue register, with the pass as it stands. */
export interface PassRecord {
  /** Number in the register: province code and UUIDv7. */
  readonly id: string;
  /** What the credential bears: 16 random bytes, in hexadecimal. */
  readonly passId: string;
  readonly memberId: string;
  readonly class: PassClass;
  readonly state: PassState;
  readonly reason: IssueReason;
  /** The member's home organisation when it was issued. */
  readonly organizationId: string;
  /** The office that issued it: the place of the register. */
  readonly officeId: string;
  readonly issuedAt: Date;
  /** Until when the one-time code is good; null on paper. */
  readonly codeUntil: Date | null;
  readonly enrolledAt: Date | null;
  /** End of its newest credential; null before there is one. */
  readonly expiresAt: Date | null;
  readonly suspendedAt: Date | null;
  readonly suspendedFor: SuspendReason | null;
  readonly revokedAt: Date | null;
  readonly revokedFor: RevokedFor | null;
  /** Of the last yearly inspection. */
  readonly inspectedAt: Date | null;
  readonly inspection: InspectionResult | null;
}

export interface PassFilter { readonly state?: SeenState | null; readonly class?: PassClass | null; readonly inspectionOverdue?: boolean | null }

/** What a pass is to its member while another is asked for. */
export type HeldPass = Pick<PassRecord, 'class' | 'state' | 'codeUntil' | 'expiresAt'>;

/** A key of the province's, as the trust list pins it. Times in seconds. */
export interface PassKey {
  /** Eight bytes in hexadecimal. */
  readonly kid: string;
  /** `pass`: signs passes. `status`: signs status and known-issued lists. */
  readonly use: 'pass' | 'status';
  /** Compressed point of 33 bytes. */
  readonly publicKey: Uint8Array;
  /** It signs nothing that begins outside of these. */
  readonly from: number;
  readonly until: number;
}

/** What a trust list says of keys, as far as it is needed to know which may sign. */
export interface KeysTaken {
  find(kid: string): { readonly use: string; readonly from: number; readonly until: number } | undefined;
  isCompromised(kid: string): boolean;
}

/** A place in the status list of a key. */
export interface StatusPlace { readonly kid: string; readonly index: number }

/** How the place of a pass stands in the status list of a key. */
export interface MarkedPlaces {
  /** Indices, four bytes each, big-endian. */
  readonly revoked: Buffer;
  readonly suspended: Buffer;
}
