import type { RefusalCode } from '@delta/pass';
import { order, toBytes, toNumber } from '../../subgraphs/pass/src/lib/p256.js';
import { base45, fromBase45 } from './base45Text.js';
import { ap1, ap2, bstr, claimsMap, raw, rawCredential } from './rawPass.js';
import { cbor, join, key, paperText, phone, phoneText, slot } from './world.js';

/** A text that must be refused with a code, at a station that has everything. */
export interface TextCase { readonly name: string; readonly refusal: RefusalCode; readonly text: string | Promise<string> }

const kid = key['pass-31'].kid;
const header = (...more: readonly [number | string, unknown][]): Map<number | string, unknown> => new Map<number | string, unknown>([[1, -7], [4, kid], ...more]);
const withAlg = (alg: unknown): Map<number, unknown> => new Map<number, unknown>([[1, alg], [4, kid]]);
const zero = new Uint8Array(32);
const half = (signature: Uint8Array, which: 'r' | 's', value: Uint8Array): Uint8Array => (which === 'r' ? join(value, signature.subarray(32)) : join(signature.subarray(0, 32), value));
const twin = (signature: Uint8Array): Uint8Array => half(signature, 's', toBytes(order - toNumber(signature.subarray(32))));

function der(signature: Uint8Array): Uint8Array {
  const integer = (bytes: Uint8Array): Uint8Array => {
    const start = bytes.findIndex((byte) => byte !== 0);
    const value = bytes.subarray(start);
    const signed = value[0]! & 0x80 ? join([0], value) : value;
    return join([2, signed.length], signed);
  };
  const both = join(integer(signature.subarray(0, 32)), integer(signature.subarray(32)));
  return join([0x30, both.length], both);
}

/** The phone's pass with bytes of its claims exchanged before they are signed. */
const patched = (change: (payload: Uint8Array) => Uint8Array): Promise<string> => raw({ payload: change(cbor(claimsMap())) });
const good = await rawCredential();
const goodText = await phoneText();
const goodBytes = fromBase45(goodText.slice(4));
const proofCode = (bytes: Uint8Array): string => `AP2:${base45(bytes)}`;
/** An even number of bytes, so that the text ends with a whole group. */
const even = ap1(good.length % 2 === 0 ? good : join(good, [0]));
const swapAt = (text: string, i: number, to: string): string => text.slice(0, i) + to + text.slice(i + to.length);

export const headerCases: readonly TextCase[] = [
  { name: 'alg is not there', refusal: 'ALG_NONE', text: raw({ header: new Map([[4, kid]]) }) },
  { name: 'alg is none', refusal: 'ALG_NONE', text: raw({ header: withAlg('none') }) },
  { name: 'alg is zero', refusal: 'ALG_NONE', text: raw({ header: withAlg(0) }) },
  { name: 'alg is ES384', refusal: 'ALG_NOT_PINNED', text: raw({ header: withAlg(-35) }) },
  { name: 'alg is EdDSA', refusal: 'ALG_NOT_PINNED', text: raw({ header: withAlg(-8) }) },
  { name: 'the key is pinned to another algorithm', refusal: 'ALG_NOT_PINNED', text: raw({ header: new Map<number, unknown>([[1, -7], [4, Buffer.from(slot.kid, 'hex')]]), signer: key.unlisted }) },
  { name: 'alg is HMAC 256 with the public key as the secret', refusal: 'ALG_HMAC', text: raw({ header: withAlg(5) }) },
  { name: 'alg is HMAC 256/64', refusal: 'ALG_HMAC', text: raw({ header: withAlg(4) }) },
  { name: 'the header brings a certificate', refusal: 'KEY_EMBEDDED', text: raw({ header: header([33, kid]), signer: key.unlisted }) },
  { name: 'the header names an address of a certificate', refusal: 'KEY_EMBEDDED', text: raw({ header: header([35, 'x:1']) }) },
  { name: 'the unprotected header brings a key', refusal: 'KEY_EMBEDDED', text: raw({ unprotected: new Map([['jwk', kid.subarray(4)]]), signer: key.unlisted }) },
  { name: 'nobody knows the kid', refusal: 'KID_UNKNOWN', text: raw({ signer: key.unlisted }) },
  { name: 'the kid is a path', refusal: 'KID_MALFORMED', text: raw({ header: new Map<number, unknown>([[1, -7], [4, '../../keys/31']]) }) },
  { name: 'the kid goes on after its eight bytes', refusal: 'KID_MALFORMED', text: raw({ header: new Map<number, unknown>([[1, -7], [4, join(kid, [0])]]) }) },
  { name: 'there is no kid', refusal: 'KID_MALFORMED', text: raw({ header: new Map([[1, -7]]) }) },
  { name: 'the kid stands in the unprotected header', refusal: 'KID_UNPROTECTED', text: raw({ header: new Map([[1, -7]]), unprotected: new Map([[4, kid]]) }) },
  { name: 'a second kid stands in the unprotected header', refusal: 'KID_UNPROTECTED', text: raw({ unprotected: new Map([[4, kid]]) }) },
  { name: 'a critical header is unknown', refusal: 'CRITICAL_HEADER', text: raw({ header: header([2, [99]], [99, 1]) }) },
  { name: 'the unprotected header is not empty', refusal: 'MALFORMED', text: raw({ unprotected: new Map([[-70000, 1]]) }) },
  { name: 'the header has a type', refusal: 'MALFORMED', text: raw({ header: header([16, 'pass']) }) },
];

export const textCases: readonly TextCase[] = [
  { name: 'a text of 396 characters', refusal: 'OVERSIZED', text: goodText.padEnd(396, '0') },
  { name: 'a credential of 178 bytes', refusal: 'OVERSIZED', text: raw({ claims: claimsMap({ 1: '31'.padEnd(2 + 178 - good.length, ' ') }) }) },
  { name: 'the last two bytes are missing', refusal: 'TRUNCATED', text: proofCode(goodBytes.subarray(0, -2)) },
  { name: 'the credential within is cut', refusal: 'TRUNCATED', text: ap2(good.subarray(0, -1)) },
  { name: 'nothing after the prefix', refusal: 'TRUNCATED', text: 'AP1:' },
  { name: 'a byte follows after the proof', refusal: 'TRAILING_BYTES', text: proofCode(join(goodBytes, [0])) },
  { name: 'a byte follows after the credential', refusal: 'TRAILING_BYTES', text: ap2(join(good, [0xf6])) },
  { name: 'the prefix is of another kind of code', refusal: 'PREFIX', text: `HC1:${goodText.slice(4)}` },
  { name: 'the prefix is in small letters', refusal: 'PREFIX', text: `ap2:${goodText.slice(4)}` },
  { name: 'a space stands before the prefix', refusal: 'PREFIX', text: ` ${goodText}` },
  { name: 'a small letter', refusal: 'BASE45_CHARACTER', text: swapAt(goodText, 20, 'a') },
  { name: 'a line ends the text', refusal: 'BASE45_CHARACTER', text: `${goodText}\n` },
  { name: 'a wide digit', refusal: 'BASE45_CHARACTER', text: swapAt(goodText, 20, '７') },
  { name: 'a group of three stands for 65536', refusal: 'BASE45_OVERFLOW', text: swapAt(goodText, 4, 'GGW') },
  { name: 'a group of three stands for the same bytes and 65536 more', refusal: 'BASE45_OVERFLOW', text: swapAt(goodText, 4, ':::') },
  { name: 'the last pair stands for more than a byte', refusal: 'BASE45_OVERFLOW', text: `${even}::` },
  { name: 'one character is left over', refusal: 'BASE45_LENGTH', text: `${even}0` },
  { name: 'two characters were lost at the end', refusal: 'BASE45_LENGTH', text: even.slice(0, -2) },
];

const nested = (depth: number): Uint8Array => join(...Array.from({ length: depth }, () => [0x81]), [0x80]);

export const cborCases: readonly TextCase[] = [
  { name: 'the header has alg twice', refusal: 'DUPLICATE_KEY', text: raw({ protectedBytes: join([0xa3, 1, 0x26, 1, 0x26, 4], bstr(kid)) }) },
  { name: 'the claims have the issuer twice', refusal: 'DUPLICATE_KEY', text: patched((bytes) => join([0xa6, 1, 0x62], Buffer.from('32'), bytes.subarray(1))) },
  { name: 'the proof is an array without a length', refusal: 'NOT_DETERMINISTIC', text: ap1(join([0x9f], good.subarray(1), [0xff])) },
  { name: 'a byte string comes in pieces', refusal: 'NOT_DETERMINISTIC', text: ap1(join([0x84, 0x5f], good.subarray(1, 16), [0xff], good.subarray(16))) },
  { name: 'alg is written in two bytes', refusal: 'NOT_DETERMINISTIC', text: raw({ protectedBytes: join([0xa2, 1, 0x38, 6, 4], bstr(kid)) }) },
  { name: 'a length is written in three bytes', refusal: 'NOT_DETERMINISTIC', text: ap1(join([0x84, 0x59, 0, good[1]! & 31], good.subarray(2))) },
  { name: 'the header has kid before alg', refusal: 'NOT_DETERMINISTIC', text: raw({ protectedBytes: join([0xa2, 4], bstr(kid), [1, 0x26]) }) },
  { name: 'the claims are unsorted', refusal: 'NOT_DETERMINISTIC', text: patched((bytes) => join([0xa5], bytes.subarray(5, 11), bytes.subarray(1, 5), bytes.subarray(11))) },
  { name: 'the credential has COSE\'s tag', refusal: 'TAG_UNKNOWN', text: ap2(join([0xd2], good)) },
  { name: 'a time has a tag', refusal: 'TAG_UNKNOWN', text: patched((bytes) => join(bytes.subarray(0, 6), [0xc1], bytes.subarray(6))) },
  { name: 'the issuer is not UTF-8', refusal: 'INVALID_UTF8', text: patched((bytes) => join(bytes.subarray(0, 3), [0xc0, 0xaf], bytes.subarray(5))) },
  { name: 'the masked name has half a surrogate', refusal: 'INVALID_UTF8', text: raw({ payload: join([0xa1, 1, 0x63, 0xed, 0xa0, 0x80]) }) },
  { name: 'arrays within arrays', refusal: 'TOO_DEEP', text: ap1(nested(150)) },
  { name: 'five deep within the claims', refusal: 'TOO_DEEP', text: raw({ payload: join([0xa1, 1], nested(4)) }) },
  { name: 'a time is a float', refusal: 'MALFORMED', text: raw({ claims: claimsMap({ 4: phone.expires + 0.5 }) }) },
  { name: 'a time is a text', refusal: 'MALFORMED', text: raw({ claims: claimsMap({ 4: String(phone.expires) }) }) },
  { name: 'the pass id has 15 bytes', refusal: 'MALFORMED', text: raw({ claims: claimsMap({ 7: phone.passId.subarray(1) }) }) },
  { name: 'a claim too many', refusal: 'MALFORMED', text: raw({ claims: claimsMap({ 8: 1 }) }) },
  { name: 'a map where an array belongs', refusal: 'MALFORMED', text: ap1(Uint8Array.of(0xa0)) },
  { name: 'an array of ten items that are not there', refusal: 'TRUNCATED', text: ap1(join([0x8a])) },
];

export const signatureCases: readonly TextCase[] = [
  { name: 'the credential\'s signature is in DER', refusal: 'SIGNATURE_DER', text: raw({ signature: der }) },
  { name: 'the proof\'s signature is in DER', refusal: 'SIGNATURE_DER', text: ap2(good, der) },
  { name: 'the credential\'s signature has the higher s', refusal: 'SIGNATURE_HIGH_S', text: raw({ signature: twin }) },
  { name: 'the proof\'s signature has the higher s', refusal: 'SIGNATURE_HIGH_S', text: ap2(good, twin) },
  { name: 'r is zero', refusal: 'SIGNATURE_RANGE', text: raw({ signature: (value) => half(value, 'r', zero) }) },
  { name: 's is zero', refusal: 'SIGNATURE_RANGE', text: raw({ signature: (value) => half(value, 's', zero) }) },
  { name: 'r is the order', refusal: 'SIGNATURE_RANGE', text: raw({ signature: (value) => half(value, 'r', toBytes(order)) }) },
  { name: 's of the proof is above the order', refusal: 'SIGNATURE_RANGE', text: ap2(good, (value) => half(value, 's', zero.map(() => 0xff))) },
  { name: 'the signature has 63 bytes', refusal: 'MALFORMED', text: raw({ signature: (value) => value.subarray(1) }) },
  { name: 'another province\'s key signed under this kid', refusal: 'SIGNATURE_INVALID', text: raw({ header: header(), signer: key['pass-32'] }) },
  { name: 'the claims were changed', refusal: 'SIGNATURE_INVALID', text: ap2(good.map((byte, i) => (i === 25 ? byte ^ 1 : byte))) },
  { name: 'the paper pass\'s expiry was changed', refusal: 'SIGNATURE_INVALID', text: paperText().then((text) => swapAt(text, 45, text[45] === '0' ? '1' : '0')) },
  { name: 'the holder\'s key is no point', refusal: 'HOLDER_KEY_OFF_CURVE', text: raw({ claims: claimsMap({ [-65537]: [join([2], zero.map((_, i) => (i === 31 ? 1 : 0))), 5, 1] }) }) },
  { name: 'the holder\'s key is not compressed', refusal: 'HOLDER_KEY_OFF_CURVE', text: raw({ claims: claimsMap({ [-65537]: [join([4], phone.class === 'phone' ? phone.holder.subarray(1) : []), 5, 1] }) }) },
  { name: 'the holder\'s x is not below the prime', refusal: 'HOLDER_KEY_OFF_CURVE', text: raw({ claims: claimsMap({ [-65537]: [join([2], zero.map(() => 0xff)), 5, 1] }) }) },
];
