import { sign, verify, type KeyObject } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { BoundedCache } from './boundedCache.js';

/**
 * Compact JWTs as the services exchange them among themselves, signed with Ed25519 by node:crypto. Both ends are ours, so the
 * form is narrow: one way to write a message, and everything else is refused.
 *  - The header is exactly `alg` (EdDSA), `kid` and `typ`, in that order: no `crit`, no embedded key, no other algorithm.
 *  - Header and claims are JSON as `JSON.stringify` writes it, so that no key stands twice and two readers see the same.
 *  - The three parts are base64url without padding and without spare bits.
 *  - The signature is checked before the claims are read.
 * Bearer tokens come from identity providers of many makes and are read by jose (bearer.ts).
 */
const algorithm = 'EdDSA';

/** Longest message that is looked at. Ours have some hundred bytes. */
export const longestMessage = 16_384;

/** What a message says of itself, before anything of it is proven. */
export interface JwtHeader { readonly kid: string; readonly typ: string }

/** @param key private Ed25519 key */
export function writeJwt(key: KeyObject, { kid, typ }: JwtHeader, claims: JWTPayload): string {
  const signed = `${headOf(kid, typ)}.${encode(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

/** Heads that were written: there are as many as own keys and kinds of messages. */
const heads = new BoundedCache<string, string>(1_000);

function headOf(kid: string, typ: string): string {
  const name = `${kid} ${typ}`;
  const known = heads.get(name);
  if (known !== undefined) return known;
  const head = encode({ alg: algorithm, kid, typ });
  heads.set(name, head);
  return head;
}

export type JwtFault = 'malformed' | 'signature';

/**
 * The claims of a message, or what is wrong with it.
 * @param keyOf the public Ed25519 key that a header names; undefined for none that counts
 */
export function readJwt(message: string, keyOf: (header: JwtHeader) => KeyObject | undefined): { readonly typ: string; readonly claims: JWTPayload } | JwtFault {
  const parts = message.length <= longestMessage ? message.split('.') : [];
  const [head = '', ...rest] = parts;
  const [body, signature] = rest.map(decode);
  if (parts.length !== 3 || !body || !signature) return 'malformed';
  const header = known.get(head) ?? readHeader(head);
  if (typeof header === 'string') return header;

  const key = keyOf(header);
  if (!key || signature.length !== 64 || !verify(null, Buffer.from(message.slice(0, message.lastIndexOf('.'))), key, signature)) return 'signature';
  known.set(head, header);
  const claims = readObject(body);
  return claims ? { typ: header.typ, claims } : 'malformed';
}

/**
 * The claims of a message whose signature is not looked at, since something that was verified names its hash: form alone.
 * @returns what is wrong with it otherwise
 */
export function readLinkedJwt(message: string): { readonly typ: string; readonly claims: JWTPayload } | JwtFault {
  const parts = message.length <= longestMessage ? message.split('.') : [];
  const [head = '', ...rest] = parts;
  const [body, signature] = rest.map(decode);
  if (parts.length !== 3 || !body || signature?.length !== 64) return 'malformed';
  const header = known.get(head) ?? readHeader(head);
  if (typeof header === 'string') return header;
  const claims = readObject(body);
  return claims ? { typ: header.typ, claims } : 'malformed';
}

/** Headers of messages that were verified: there are as many as keys and kinds, and strangers cannot add to them. */
const known = new BoundedCache<string, JwtHeader>(1_000);

function readHeader(head: string): JwtHeader | JwtFault {
  const bytes = decode(head);
  const header = bytes && readObject(bytes);
  if (!header) return 'malformed';
  const { alg, kid, typ } = header;
  if (alg !== algorithm) return 'signature';
  if (typeof kid !== 'string' || typeof typ !== 'string' || Object.keys(header).join() !== 'alg,kid,typ') return 'malformed';
  return { kid, typ };
}

export const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The key that a verified message names. */
export const kidOf = (message: string): unknown => readObject(Buffer.from(message.split('.')[0]!, 'base64url'))?.['kid'];

/** The bytes of canonical base64url; undefined for any other text. */
export function decode(part: string): Buffer | undefined {
  const bytes = Buffer.from(part, 'base64url');
  return bytes.toString('base64url') === part ? bytes : undefined;
}

/** The object of bytes that are its JSON exactly as we write it; undefined for any others. */
export function readObject(bytes: Buffer): Record<string, unknown> | undefined {
  const text = bytes.toString('utf8');
  const value = parseObject(text);
  return value && JSON.stringify(value) === text ? value : undefined;
}

/** The object of a JSON text. Enough for what only we can have written, and nobody else reads. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // not JSON
  }
  return undefined;
}
