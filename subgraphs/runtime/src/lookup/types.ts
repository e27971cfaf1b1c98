import type { Presence } from '../access/types.js';

/** A lookup as recorded. The blind index stays in the province and in the grant; it is never shown. For a lookup by pass it is `pass:`, issuer and pass id. */
export interface LookupRecord {
  readonly id: string;
  readonly blindIndex: string;
  readonly purpose: string;
  /** The case that it rests on, if any. */
  readonly caseId: string | null;
  readonly inCase: boolean;
  /** The lookup whose masked fields it reveals, if it is a reveal. */
  readonly reveals: string | null;
  /** Policy names of the masked fields that it reveals. */
  readonly reveal: readonly string[];
  readonly revealReason: string | null;
  /** Whether it rests on a phone's answer at a station. */
  readonly present: boolean;
  /** That answer, as long as the lookup lasts. */
  readonly presence: Presence | null;
  readonly openedAt: Date;
  readonly expiresAt: Date;
}

/** A lookup with the state of its case. */
export interface LookupInCase extends LookupRecord {
  readonly caseClosedAt: Date | null;
  readonly caseExpiresAt: Date | null;
}

export type LimitScope = 'PERSON' | 'VIEWER' | 'ORGANIZATION' | 'PROVINCE';

/** How many acts of asking a scope admits in any window. */
export interface Limit { readonly scope: LimitScope; readonly admits: number; readonly windowSeconds: number }

/** A scope that is full: how many were asked in which bucket of time. */
export interface FullScope { readonly scope: LimitScope; readonly used: Readonly<Record<string, number>> }
