import { refuse, type Part } from '../refusals/passRefusal.js';
import { concat, utf8 } from './bytes.js';
import { decodeCbor, type CborMap, type CborValue } from './decodeCbor.js';
import { encodeCbor } from './encodeCbor.js';
import { signLow, type PassSigner } from './signer.js';

/** COSE_Sign1 (RFC 9052, 4.2) as it was read: nothing of it is believed yet. */
export interface Sign1 {
  readonly protectedBytes: Uint8Array;
  readonly unprotected: CborMap;
  readonly payload: Uint8Array;
  readonly signature: Uint8Array;
}

export interface Sign1Form {
  readonly part: Part;
  /** The profile's own codes have no tag, which saves a byte; a status list has 18, as its standard shows it. */
  readonly tagged?: boolean;
  readonly deterministic?: boolean;
}

const tag18 = 0xd2;

export function readSign1(bytes: Uint8Array, { part, tagged = false, deterministic = true }: Sign1Form): Sign1 {
  if (tagged && bytes[0] !== tag18) refuse(bytes[0] !== undefined && bytes[0] >> 5 === 6 ? 'TAG_UNKNOWN' : 'MALFORMED', part);
  const value = decodeCbor(tagged ? bytes.subarray(1) : bytes, part, { deterministic });
  if (!Array.isArray(value) || value.length !== 4) return refuse('MALFORMED', part);
  const [protectedBytes, unprotected, payload, signature] = value as readonly CborValue[];
  if (!(protectedBytes instanceof Uint8Array) || !(unprotected instanceof Map)) return refuse('MALFORMED', part);
  if (!(payload instanceof Uint8Array) || !(signature instanceof Uint8Array)) return refuse('MALFORMED', part);
  return { protectedBytes, unprotected: unprotected as CborMap, payload, signature };
}

/** The head of a byte string. */
function head(length: number): Uint8Array {
  if (length < 24) return Uint8Array.of(0x40 | length);
  if (length < 0x100) return Uint8Array.of(0x58, length);
  if (length < 0x10000) return Uint8Array.of(0x59, length >> 8, length & 0xff);
  return Uint8Array.of(0x5a, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff);
}

const byteString = (bytes: Uint8Array): Uint8Array[] => [head(bytes.length), bytes];
const one = concat(Uint8Array.of(0x84, 0x6a), utf8('Signature1'));
const several = concat(Uint8Array.of(0x85, 0x69), utf8('Signature'));
const noExternal = Uint8Array.of(0x40);

/** Sig_structure (RFC 9052, 4.4), without external data, of the bytes as they came: nothing is encoded again. */
export const toBeSigned = (protectedBytes: Uint8Array, payload: Uint8Array): Uint8Array =>
  concat(one, ...byteString(protectedBytes), noExternal, ...byteString(payload));

/** The same for one signature of a COSE_Sign. */
export const toBeSignedBy = (body: Uint8Array, signerHeader: Uint8Array, payload: Uint8Array): Uint8Array =>
  concat(several, ...byteString(body), ...byteString(signerHeader), noExternal, ...byteString(payload));

/** Signs a payload: algorithm and kid (and type, where given) in the protected header and nothing outside of it. */
export async function writeSign1(payload: Uint8Array, signer: PassSigner, { type, tagged = false }: { readonly type?: string; readonly tagged?: boolean } = {}): Promise<Uint8Array> {
  const protectedBytes = encodeCbor(new Map<number, CborValue>([[1, -7], [4, signer.kid], ...(type === undefined ? [] : [[16, type] as const])]));
  const signature = await signLow(signer, toBeSigned(protectedBytes, payload));
  const bytes = encodeCbor([protectedBytes, new Map(), payload, signature]);
  return tagged ? concat(Uint8Array.of(tag18), bytes) : bytes;
}
