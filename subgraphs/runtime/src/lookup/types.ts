/** A lookup as recorded. The blind index stays in the province and in the grant; it is never shown. */
export interface LookupRecord {
  readonly id: string;
  readonly blindIndex: string;
  readonly purpose: string;
  /** The case that it rests on, if any. */
  readonly caseId: string | null;
  readonly inCase: boolean;
  /** Policy names of the masked fields that it reveals. */
  readonly reveal: readonly string[];
  readonly openedAt: Date;
  readonly expiresAt: Date;
}
