/** SENT: on its way, held here still. RECEIVED: held by the other province. DECLINED: it did not take it. */
export type TransferState = 'SENT' | 'RECEIVED' | 'DECLINED';

/** Why a province does not take a record. */
export const declineReasons = ['UNKNOWN_ORGANIZATION', 'ALREADY_HELD'] as const;

export type DeclineReason = (typeof declineReasons)[number];

/** A member's record handed to another province. */
export interface OwnershipTransfer {
  /** Province code and UUIDv7. */
  readonly id: string;
  readonly memberId: string;
  /** The ownership version under which the other province holds it. */
  readonly version: number;
  /** Slug. */
  readonly peer: string;
  readonly fromOrganizationId: string;
  readonly toOrganizationId: string;
  /** This province's signed release. */
  readonly release: string;
  readonly state: TransferState;
  readonly reason: DeclineReason | null;
  readonly openedAt: Date;
  readonly settledAt: Date | null;
}
