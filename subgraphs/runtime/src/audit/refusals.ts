import type { ErrorCode } from '@delta/schema/errors';

/**
 * The refusals that are recorded: somebody known asked for what is not theirs to see or do. What is merely malformed, missing
 * or unavailable is no refusal.
 */
const codes = [
  'CONTEXT_REFUSED', 'FORBIDDEN', 'OUT_OF_SCOPE', 'FOREIGN_ID', 'NOT_DISCLOSED', 'MEMBER_MOVED', 'LOOKUP_LIMIT',
  'CASE_REQUIRED', 'CASE_MISMATCH', 'CASE_EXPIRED', 'CASE_CLOSED', 'REVEAL_NEEDS_CASE', 'REVEAL_NOT_ALLOWED',
  'GRANT_INVALID', 'GRANT_EXPIRED', 'GRANT_MISMATCH', 'CAPABILITY_INVALID', 'CAPABILITY_EXPIRED', 'CAPABILITY_MISMATCH',
  'VERIFY_LIMIT', 'PRESENCE_REFUSED', 'CURSOR_FOREIGN', 'CURSOR_TAMPERED', 'CLIENT_KEY_REUSED',
] as const satisfies readonly ErrorCode[];

export type RefusalCode = (typeof codes)[number];

export const refusalCodes: ReadonlySet<RefusalCode> = new Set(codes);
