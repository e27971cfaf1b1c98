import type { Viewer } from '@delta/schema/viewer';

/**
 * DISCLOSURE: fields of a member left the province. LOOKUP: a lookup was opened. REVEAL: masked fields were asked for in clear.
 * CASE: a case was opened or closed. EXISTENCE: the zone said whether and where a person is known. REFUSAL: something was
 * refused, `reason` says by which code. CLAIM: a second province claimed a member. SHRED: a member's data key was destroyed.
 * TRANSFER: a member's record was given to another province, came from one, or what became of it.
 * PASS: an activity pass was issued, enrolled, renewed, printed, suspended, resumed, revoked or inspected; `reference` is its number in the register.
 * EXCHANGE: an operator replayed or gave up a parked event, or reopened a stream; `reference` is the act in `exchange_act`.
 * STATION: a station's enrolment was opened, used or given up, or its key withdrawn; `reference` is the enrolment.
 */
export const auditKinds = ['DISCLOSURE', 'LOOKUP', 'REVEAL', 'CASE', 'EXISTENCE', 'REFUSAL', 'CLAIM', 'SHRED', 'TRANSFER', 'EXCHANGE', 'PASS', 'STATION'] as const;

export type AuditKind = (typeof auditKinds)[number];

export interface AuditEntry {
  readonly kind: AuditKind;
  readonly memberId: string | null;
  readonly purpose: string | null;
  /** The lookup, case, claim or other act that this rests on. */
  readonly reference: string | null;
  readonly fields: readonly string[];
  /** Why: the code of a refusal, the reason of a reveal or shredding, the outcome of a case, what an operator did. Never free text. */
  readonly reason?: string | null;
}

/** Who asked, in which request: the same for all entries of one request. */
export interface AuditedRequest {
  readonly requestId: string;
  readonly viewer: Viewer | null;
  /** Nonce of the gateway's context; claimed with the first entries, so that a replayed request records and discloses nothing. */
  readonly nonce?: string;
  /** Tells this process's own use of the nonce from a replay to another replica: the trail of a request makes it. */
  readonly claimant?: string;
}
