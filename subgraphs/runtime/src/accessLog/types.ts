/** One look at a member's record, as it was recorded here or told by another recorder. Never a case, a lookup or a person. */
export interface AccessLogRecord {
  /** UUIDv7 that its recorder gave it. */
  readonly id: string;
  /** Who recorded it: a province's code, or `zone`. */
  readonly recordedBy: string;
  /** ISO 8601 in UTC, to the microsecond: a cursor must not round it. */
  readonly at: string;
  /** Kind of the audit entry. */
  readonly kind: string;
  /** What the one who looked was; null for who was not signed in. */
  readonly role: string | null;
  readonly province: string | null;
  readonly organization: string | null;
  readonly purpose: string | null;
  readonly fields: readonly string[];
}

/** A place in the log: after the entry of this time and id, newest first. */
export interface AccessLogPosition { readonly at: string; readonly id: string }
