/** A lookup as recorded. The blind index stays in the province and in the grant; it is never shown. */
export interface LookupRecord {
  readonly id: string;
  readonly blindIndex: string;
  readonly purpose: string;
  readonly openedAt: Date;
  readonly expiresAt: Date;
}
