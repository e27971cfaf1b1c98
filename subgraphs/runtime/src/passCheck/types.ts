/** A challenge as it was opened. */
export interface ChallengeRecord {
  readonly id: string;
  readonly stationId: string;
  readonly activity: string;
  readonly nonce: Buffer;
  readonly step: number;
  readonly expiresAt: Date;
}

export type PassClass = 'PHONE' | 'PAPER';
export type PassFreshness = 'CURRENT' | 'STALE';

/** A valid check as it is kept for a client that repeats it. Whose name the pass bears is not. */
export interface CheckRecord {
  readonly id: string;
  readonly class: PassClass;
  readonly issuer: string;
  readonly freshness: PassFreshness;
  readonly expiresAt: Date;
  readonly checkedAt: Date;
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
