import { refuse, type Part } from '../refusals/passRefusal.js';
import type { CborMap, CborValue } from './decodeCbor.js';

/** Reads of a decoded value only what it is: nothing is coerced, anything else is MALFORMED. */
export const fieldsOf = (part: Part) => ({
  map(value: CborValue | undefined, keys: readonly number[]): CborMap {
    if (!(value instanceof Map) || value.size !== keys.length || !keys.every((key) => value.has(key))) return refuse('MALFORMED', part);
    return value as CborMap;
  },
  array(value: CborValue | undefined, ...lengths: readonly number[]): readonly CborValue[] {
    if (!Array.isArray(value) || (lengths.length > 0 && !lengths.includes(value.length))) return refuse('MALFORMED', part);
    return value as readonly CborValue[];
  },
  bytes(value: CborValue | undefined, length?: number): Uint8Array {
    return value instanceof Uint8Array && (length === undefined || value.length === length) ? value : refuse('MALFORMED', part);
  },
  text: (value: CborValue | undefined): string => (typeof value === 'string' ? value : refuse('MALFORMED', part)),
  number: (value: CborValue | undefined): number => (typeof value === 'number' ? value : refuse('MALFORMED', part)),
  unsigned: (value: CborValue | undefined): number => (typeof value === 'number' && value >= 0 ? value : refuse('MALFORMED', part)),
});
