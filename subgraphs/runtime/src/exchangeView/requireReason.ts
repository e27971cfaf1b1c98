import { PlatformError } from '@delta/schema/errors';
import { holdsIdNumber, scrub } from '@delta/service/personalData';

const longest = 200;

/** An operator's word for why, which is kept: without the spaces around it, and nobody's number. @throws PlatformError REASON_INVALID */
export function requireReason(text: string): string {
  const reason = text.trim();
  const length = [...reason].length;
  if (length < 1 || length > longest || /\p{Cc}/u.test(reason) || holdsIdNumber(reason) || scrub(reason) !== reason) throw new PlatformError('REASON_INVALID');
  return reason;
}
