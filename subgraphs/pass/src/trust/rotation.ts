import { keyAhead } from '../limits.js';
import type { TrustKey } from './trustKey.js';

/** Keys that end within 30 days of `now` (seconds) without a next one in the list: same issuer and use, in use when they end. */
export const keysWithoutNext = (keys: readonly TrustKey[], now: number): readonly TrustKey[] => keys.filter((key) =>
  key.until >= now && key.until < now + keyAhead
  && !keys.some((next) => next !== key && next.issuer === key.issuer && next.use === key.use && next.from <= key.until && next.until > key.until));
