import { clockTolerance } from '../limits.js';
import { refuse } from '../refusals/passRefusal.js';
import { part, type TrustListContent } from './trustList.js';

/** Whether a list may be taken at a moment (seconds): it is not over, and was not made later than clocks may differ. @throws PassRefusal TRUST_LIST_EXPIRED, STATION_CLOCK */
export function requireCurrent({ issuedAt, expires }: Pick<TrustListContent, 'issuedAt' | 'expires'>, seconds: number): void {
  if (expires <= seconds) refuse('TRUST_LIST_EXPIRED', part);
  if (issuedAt > seconds + clockTolerance) refuse('STATION_CLOCK', part);
}
