import { encode, rfc8949EncodeOptions } from 'cborg';
import type { CborValue } from './decodeCbor.js';

/** Deterministic CBOR (RFC 8949, 4.2.1): shortest integers, definite lengths, map keys in bytewise order. */
export const encodeCbor = (value: CborValue): Uint8Array => encode(value, rfc8949EncodeOptions);
