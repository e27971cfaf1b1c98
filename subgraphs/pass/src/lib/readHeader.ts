import { refuse, type Part } from '../refusals/passRefusal.js';
import { decodeCbor, type CborMap, type CborValue } from './decodeCbor.js';

const labels = { alg: 1, crit: 2, kid: 4, typ: 16 } as const;
export const es256 = -7;

/** Headers that bring or point to a key: KCWT, KCCS, the X.509 ones of RFC 9360, and JOSE's names for the same. */
const bringsKey: readonly (number | string)[] = [13, 14, 32, 33, 34, 35, 'jwk', 'jku', 'x5c', 'x5u', 'key'];

export interface HeaderRules {
  readonly part: Part;
  /** `typ` that must be there and be this; without it there must be none. */
  readonly type?: string;
  /** The EU's certificates: labels in either header, further ones passed over, CBOR not deterministic. */
  readonly lenient?: boolean;
}

function checkAlgorithm(alg: CborValue | undefined, part: Part): void {
  if (alg === undefined || alg === null || alg === 0 || alg === 'none') refuse('ALG_NONE', part);
  if (typeof alg === 'number' && alg >= 4 && alg <= 7) refuse('ALG_HMAC', part);
  if (alg !== es256) refuse('ALG_NOT_PINNED', part);
}

/** The kid, eight bytes, of a header that is otherwise exactly what the rules say. */
export function readHeader(protectedBytes: Uint8Array, unprotected: CborMap, { part, type, lenient = false }: HeaderRules): Uint8Array {
  const map = lenient && protectedBytes.length === 0 ? new Map() : decodeCbor(protectedBytes, part, { deterministic: !lenient });
  if (!(map instanceof Map)) return refuse('MALFORMED', part);
  const header = map as CborMap;
  for (const key of bringsKey) if (!lenient && (header.has(key) || unprotected.has(key))) refuse('KEY_EMBEDDED', part);
  if (header.has(labels.crit) || unprotected.has(labels.crit)) refuse('CRITICAL_HEADER', part);
  const of = (label: number): CborValue | undefined => header.get(label) ?? (lenient ? unprotected.get(label) : undefined);
  checkAlgorithm(of(labels.alg), part);
  if (!lenient && unprotected.has(labels.kid)) refuse('KID_UNPROTECTED', part);
  const kid = of(labels.kid);
  if (!(kid instanceof Uint8Array) || kid.length !== 8) return refuse('KID_MALFORMED', part);
  if (lenient) return kid;
  if (header.get(labels.typ) !== type || header.size !== (type === undefined ? 2 : 3) || unprotected.size !== 0) refuse('MALFORMED', part);
  return kid;
}
