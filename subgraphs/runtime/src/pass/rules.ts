import type { ErrorCode } from '@delta/schema/errors';
import type { HeldPass, IssueReason, KeysTaken, PassClass, PassKey, PassRecord, PassState, SeenState } from './types.js';

const day = 86_400;

/** Seconds. A credential begins a minute early, so that a station whose clock is behind takes it at once. */
export const credentialStartsBefore = 60;
export const phoneLife = 90 * day;
export const paperLife = 30 * day;
/** Renewals of one pass in 24 hours; what is signed is kept for as long as its key is listed. */
export const renewalsADay = 5;

export const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);

/** What time has made of it. A suspended pass that ended has ended. */
export function stateOf({ state, codeUntil, expiresAt }: HeldPass, now: Date): SeenState {
  if (state === 'AWAITING_ENROLMENT') return codeUntil === null || codeUntil <= now ? 'LAPSED' : state;
  return state !== 'REVOKED' && (expiresAt === null || expiresAt <= now) ? 'EXPIRED' : state;
}

/** What is known of a member for whom a pass is asked. */
export interface HolderFacts {
  /** Whether the record is on its way to another province. */
  readonly leaving: boolean;
  /** Passes that are not revoked. */
  readonly passes: readonly HeldPass[];
}

/**
 * When a pass may be issued: the one rule, which acceptance by a host and departure will be added to. The member is held here; that is the
 * caller's to know. A first pass is for who has none; any other reason replaces the one that is held. Who is suspended gets no other one, and who has no
 * phone none for a phone.
 *
 * @returns the code of the refusal, or null
 */
export function mayIssue({ leaving, passes }: HolderFacts, wanted: { readonly class: PassClass; readonly reason: IssueReason }, now: Date): ErrorCode | null {
  const held = (one: SeenState): boolean => passes.some((pass) => stateOf(pass, now) === one);
  if (leaving) return 'TRANSFER_UNDER_WAY';
  if (held('SUSPENDED')) return 'PASS_SUSPENDED';
  if (wanted.class === 'PAPER') return null;
  if (wanted.reason === 'NO_PHONE') return 'PASS_REASON_UNFIT';
  if (held('AWAITING_ENROLMENT')) return 'PASS_AWAITS_ENROLMENT';
  const live = passes.some((pass) => pass.class === 'PHONE' && stateOf(pass, now) === 'VALID');
  return wanted.reason === 'FIRST' && live ? 'PASS_HELD' : null;
}

/** Whether an act of an office fits the state that a pass is in. @returns the code of the refusal, or null */
export function mayBecome(pass: HeldPass, next: PassState, now: Date): ErrorCode | null {
  const state = stateOf(pass, now);
  if (state === 'REVOKED') return 'PASS_REVOKED';
  if (next === 'REVOKED') return null;
  if (state === 'EXPIRED') return 'PASS_EXPIRED';
  if (next === 'SUSPENDED') return state === 'VALID' ? null : state === 'SUSPENDED' ? 'PASS_SUSPENDED' : 'PASS_NOT_ENROLLED';
  return state === 'SUSPENDED' ? null : state === 'VALID' ? 'PASS_NOT_SUSPENDED' : 'PASS_NOT_ENROLLED';
}

/** Whether a phone may renew its pass, while it is valid. @param renewed how often within the last 24 hours @returns the code of the refusal, or null */
export function mayRenew(pass: HeldPass, renewed: number, now: Date): ErrorCode | null {
  const state = stateOf(pass, now);
  if (state === 'REVOKED') return 'PASS_REVOKED';
  if (state === 'SUSPENDED') return 'PASS_SUSPENDED';
  if (state === 'EXPIRED') return 'PASS_EXPIRED';
  if (state !== 'VALID') return 'PASS_NOT_ENROLLED';
  return renewed >= renewalsADay ? 'PASS_RENEWAL_LIMIT' : null;
}

/**
 * Of the keys that may sign now, the one that began last: a next key takes over when its time comes. Where a trust list is in force, only
 * keys that it names and does not call stolen: what another signs nobody takes, its status lists neither. So a successor waits for the list that names it.
 */
export function keyInUse(keys: readonly PassKey[], use: PassKey['use'], now: number, trust?: KeysTaken): PassKey | undefined {
  const inTime = ({ from, until }: Pick<PassKey, 'from' | 'until'>): boolean => from <= now && now < until;
  const isTaken = (kid: string): boolean => {
    const listed = trust?.find(kid);
    return !trust || (listed !== undefined && listed.use === use && inTime(listed) && !trust.isCompromised(kid));
  };
  return keys.filter((key) => key.use === use && inTime(key) && isTaken(key.kid)).sort((a, b) => b.from - a.from || a.kid.localeCompare(b.kid))[0];
}

/** Seconds in which a credential of this class is good, from now. */
export function credentialTimes(cls: PassClass, key: Pick<PassKey, 'from'>, now: number): { readonly notBefore: number; readonly expires: number } {
  const notBefore = Math.max(now - credentialStartsBefore, key.from);
  return { notBefore, expires: notBefore + (cls === 'PHONE' ? phoneLife : paperLife) };
}

/** When the yearly inspection of a pass is due: a year after it was issued, or inspected last; a year after 29 February, on the 28th. */
export function inspectionDue({ issuedAt, inspectedAt }: Pick<PassRecord, 'issuedAt' | 'inspectedAt'>): Date {
  const from = inspectedAt ?? issuedAt;
  const due = new Date(from);
  due.setUTCFullYear(due.getUTCFullYear() + 1);
  if (due.getUTCDate() !== from.getUTCDate()) due.setUTCDate(0);
  return due;
}

/** What was not enrolled, or is revoked, nobody inspects. Overdue shows, and does nothing. `pass.list` says the same in SQL. */
export const isOverdue = (pass: Pick<PassRecord, 'state' | 'issuedAt' | 'inspectedAt'>, now: Date): boolean =>
  (pass.state === 'VALID' || pass.state === 'SUSPENDED') && inspectionDue(pass) <= now;
