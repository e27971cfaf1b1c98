/** An enrolment as stored: of its code only what finds it, and a keyed hash. */
export interface EnrolmentRecord {
  readonly id: string;
  readonly stationId: string;
  readonly organizationId: string;
  readonly selector: string;
  /** Of the key that the hash is made with. */
  readonly version: string;
  readonly hash: Buffer;
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly tries: number;
  readonly closedAs: 'USED' | 'REPLACED' | 'EXHAUSTED' | null;
}

/** A key with which a station signs, from its enrolment to its end. */
export interface StationKeyRecord {
  /** The enrolment's number. */
  readonly id: string;
  readonly stationId: string;
  readonly kid: string;
  readonly publicKey: Buffer;
  readonly enrolledAt: Date;
  readonly endedAt: Date | null;
  readonly endedAs: 'REPLACED' | 'WITHDRAWN' | null;
}
