import type { Claims, PassSigner } from '@delta/pass';
import { decode } from 'cborg';
import { base45, fromBase45 } from './base45Text.js';
import { cbor, join, key, nonce, phone, step } from './world.js';

/** Codes built by hand, byte by byte, for what the issuing verbs refuse to write. Signed properly unless the case is the signature. */
export interface RawPass {
  readonly protectedBytes?: Uint8Array;
  readonly header?: ReadonlyMap<number | string, unknown>;
  readonly unprotected?: ReadonlyMap<number | string, unknown>;
  readonly unprotectedBytes?: Uint8Array;
  readonly payload?: Uint8Array;
  readonly claims?: ReadonlyMap<number, unknown>;
  readonly signer?: PassSigner;
  readonly signature?: (good: Uint8Array) => Uint8Array;
}

export const head = (length: number): number[] => (length < 24 ? [0x40 | length] : length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255]);
export const bstr = (bytes: Uint8Array): Uint8Array => join(head(bytes.length), bytes);

/** The claims of a phone's pass as the profile maps them, with some replaced. */
export function claimsMap(changes: Readonly<Record<number, unknown>> = {}, claims: Claims = phone): Map<number, unknown> {
  const pass = claims.class === 'phone' ? [claims.holder, claims.statusIndex, 1] : [null, claims.statusIndex, 2, claims.maskedName];
  const map = new Map<number, unknown>([[1, claims.issuer], [4, claims.expires], [5, claims.notBefore], [7, claims.passId], [-65537, pass]]);
  for (const [label, value] of Object.entries(changes)) map.set(Number(label), value);
  return map;
}

export async function rawCredential({ header, protectedBytes, unprotected, unprotectedBytes, payload, claims, signer = key['pass-31'], signature }: RawPass = {}): Promise<Uint8Array> {
  const head1 = protectedBytes ?? cbor(header ?? new Map<number, unknown>([[1, -7], [4, signer.kid]]));
  const body = payload ?? cbor(claims ?? claimsMap());
  const good = await signer.sign(join([0x84, 0x6a], Buffer.from('Signature1'), bstr(head1), [0x40], bstr(body)));
  return join([0x84], bstr(head1), unprotectedBytes ?? cbor(unprotected ?? new Map()), bstr(body), bstr(signature ? signature(good) : good));
}

export const ap1 = (credential: Uint8Array): string => `AP1:${base45(credential)}`;

/** A proof made by hand around any credential bytes. */
export async function ap2(credential: Uint8Array, change: (good: Uint8Array) => Uint8Array = (good) => good): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', credential as Uint8Array<ArrayBuffer>));
  const counter = new Uint8Array(8);
  new DataView(counter.buffer).setBigUint64(0, BigInt(step));
  const good = await key.holder.sign(join(Buffer.from('AP-PROOF1'), digest, counter, nonce));
  return `AP2:${base45(cbor([credential, step, nonce, change(good)]))}`;
}

export const raw = async (pass: RawPass = {}): Promise<string> => ap2(await rawCredential(pass));

/** The text of a code taken apart: what the phone's code holds. */
const parts = (text: string): [Uint8Array, number, Uint8Array, Uint8Array] => decode(fromBase45(text.slice(4))) as [Uint8Array, number, Uint8Array, Uint8Array];

export const credentialOf = (text: string): string => ap1(parts(text)[0]);
export function swapCredential(text: string, credential: Uint8Array): string {
  const [, ...proof] = parts(text);
  return `AP2:${base45(cbor([credential, ...proof]))}`;
}
