import { PlatformError } from '@delta/schema/errors';
import type { CaseRecord, CaseState } from './types.js';

/** A case that was closed stays closed, also past its end. */
export const stateOf = ({ closedAt, expiresAt }: Pick<CaseRecord, 'closedAt' | 'expiresAt'>, now: Date): CaseState =>
  closedAt !== null ? 'CLOSED' : expiresAt <= now ? 'EXPIRED' : 'OPEN';

/** @throws PlatformError CASE_CLOSED, CASE_EXPIRED */
export function requireOpen(file: Pick<CaseRecord, 'closedAt' | 'expiresAt'>, now: Date): void {
  const state = stateOf(file, now);
  if (state !== 'OPEN') throw new PlatformError(state === 'CLOSED' ? 'CASE_CLOSED' : 'CASE_EXPIRED');
}

/**
 * Whether this work may be done on that case. A case out of use says so first: it answers no more guesses at whom it was about.
 * @throws PlatformError CASE_CLOSED, CASE_EXPIRED, CASE_MISMATCH
 */
export function requireUsable(file: CaseRecord, work: { readonly blindIndex: string; readonly purpose: string }, now: Date): void {
  requireOpen(file, now);
  if (file.blindIndex !== work.blindIndex || file.purpose !== work.purpose) throw new PlatformError('CASE_MISMATCH');
}
