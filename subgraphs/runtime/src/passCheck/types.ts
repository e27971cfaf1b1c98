/** A challenge as it was opened. */
export interface ChallengeRecord {
  readonly id: string;
  readonly stationId: string;
  readonly activity: string;
  readonly nonce: Buffer;
  readonly step: number;
  readonly expiresAt: Date;
}

/** What a shown pass uses up: a phone's word, and attendance at an activity. */
export interface Claims {
  /** SHA-256 in hexadecimal of what the phone signed, and until when it must be remembered, seconds. */
  readonly proof?: { readonly digest: string; readonly until: number };
  readonly use?: string;
}

/** A presence that was judged. */
export interface PresenceRecord {
  /** SHA-256 of the phone's code. */
  readonly code: Buffer;
  readonly proof: Buffer;
  readonly lookupId: string;
  readonly passId: string;
  readonly expiresAt: Date;
}
