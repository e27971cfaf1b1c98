/** A case as recorded: one organisation's work about one person. The blind index is never shown. */
export interface CaseRecord {
  readonly id: string;
  readonly blindIndex: string;
  readonly purpose: string;
  readonly organizationId: string;
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly closedAt: Date | null;
  readonly outcome: CaseOutcome | null;
}

export type CaseOutcome = 'DONE' | 'WITHDRAWN' | 'MISTAKEN';

export type CaseState = 'OPEN' | 'CLOSED' | 'EXPIRED';
