import { maxDepth } from '../limits.js';
import { refuse, type Part } from '../refusals/passRefusal.js';
import { compareBytes } from './bytes.js';

/** All that the profile's CBOR is made of: no floats, no booleans, no tags, integers within 2^53. */
export type CborValue = number | string | Uint8Array | null | readonly CborValue[] | CborMap;
export type CborMap = ReadonlyMap<number | string, CborValue>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * One item of deterministic CBOR (RFC 8949, 4.2.1) that fills `bytes` exactly. Every way in which it is not has its own refusal,
 * which is why this is no library: cborg tells some by words only, takes unsorted maps and bad UTF-8, and would still need a
 * reader like this before it for depth and tags. Tests hold every answer against cborg's, decoded and encoded again. Byte
 * strings are views of `bytes`.
 */
export function decodeCbor(bytes: Uint8Array, part: Part, { deterministic = true } = {}): CborValue {
  let at = 0;

  /** The argument of an initial byte: a number below 2^53. */
  const argument = (info: number): number => {
    if (info < 24) return info;
    if (info === 31) return refuse('NOT_DETERMINISTIC', part);
    if (info > 27) return refuse('MALFORMED', part);
    const size = 1 << (info - 24);
    if (at + size > bytes.length) return refuse('TRUNCATED', part);
    let value = 0;
    for (let i = 0; i < size; i += 1) value = value * 256 + bytes[at + i]!;
    at += size;
    if (deterministic && value < (size === 1 ? 24 : 256 ** (size / 2))) refuse('NOT_DETERMINISTIC', part);
    return value > Number.MAX_SAFE_INTEGER ? refuse('MALFORMED', part) : value;
  };

  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) refuse('TRUNCATED', part);
    at += length;
    return bytes.subarray(at - length, at);
  };

  const text = (length: number): string => {
    const raw = take(length);
    // A decoder is dear for the two digits of an issuer.
    if (length <= 8 && raw.every((byte) => byte < 0x80)) return String.fromCharCode(...raw);
    try {
      return utf8.decode(raw);
    } catch {
      return refuse('INVALID_UTF8', part);
    }
  };

  const map = (size: number, depth: number): CborMap => {
    const entries = new Map<number | string, CborValue>();
    let last: Uint8Array | undefined;
    for (let i = 0; i < size; i += 1) {
      const start = at;
      const key = item(depth);
      if (typeof key !== 'number' && typeof key !== 'string') return refuse('MALFORMED', part);
      if (entries.has(key)) refuse('DUPLICATE_KEY', part);
      const raw = bytes.subarray(start, at);
      if (deterministic && last && compareBytes(last, raw) > 0) refuse('NOT_DETERMINISTIC', part);
      last = raw;
      entries.set(key, item(depth));
    }
    return entries;
  };

  const item = (depth: number): CborValue => {
    const initial = bytes[at];
    if (initial === undefined) return refuse('TRUNCATED', part);
    at += 1;
    const major = initial >> 5;
    if (major === 7) return initial === 0xf6 ? null : refuse(initial === 0xff ? 'NOT_DETERMINISTIC' : 'MALFORMED', part);
    if (major === 6) return refuse('TAG_UNKNOWN', part);
    const value = argument(initial & 31);
    switch (major) {
      case 0: return value;
      case 1: return -1 - value;
      case 2: return take(value);
      case 3: return text(value);
      default: {
        if (depth === maxDepth) return refuse('TOO_DEEP', part);
        if (major === 5) return map(value, depth + 1);
        const items: CborValue[] = [];
        for (let i = 0; i < value; i += 1) items.push(item(depth + 1));
        return items;
      }
    }
  };

  const value = item(0);
  if (at !== bytes.length) refuse('TRAILING_BYTES', part);
  return value;
}
