import type { AccessLogPosition, AccessLogRecord } from './types.js';

const outcomes: Readonly<Record<string, string>> = { DISCLOSURE: 'DISCLOSED', EXISTENCE: 'EXISTENCE', REFUSAL: 'REFUSED' };
const purposes: readonly string[] = ['CHECK_IN', 'AFFILIATION_TRANSFER', 'ACTIVITY_ADMISSION', 'MEMBER_SERVICE', 'OWN_WORK'];

/** What came of it, in the words of the contract. */
export const outcomeOf = ({ kind }: AccessLogRecord): string | null => outcomes[kind] ?? null;

/** Null where none was named, or none that the contract knows yet. */
export const purposeOf = ({ purpose }: AccessLogRecord): string | null => (purpose !== null && purposes.includes(purpose) ? purpose : null);

/** Fields of the record that were shown; that a record exists, or a refusal, shows none. */
export const fieldsOf = ({ kind, fields }: AccessLogRecord): readonly string[] => (kind === 'DISCLOSURE' ? fields : []);

export const positionOf = ({ at, id }: AccessLogRecord): string => `${at}/${id}`;

/** The reverse of `positionOf`; the cursor's own signature vouches for the form. */
export function positionFrom(text: string | null): AccessLogPosition | null {
  const [at, id] = text?.split('/') ?? [];
  return at !== undefined && id !== undefined ? { at, id } : null;
}
