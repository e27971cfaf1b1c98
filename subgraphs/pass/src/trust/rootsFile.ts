import { fromHex, toHex } from '../lib/bytes.js';
import type { Root } from './trustList.js';

const maxRoots = 8;
const hex = (value: unknown, bytes: number): value is string => typeof value === 'string' && value.length === 2 * bytes && /^[0-9a-f]+$/.test(value);

/** Pinned roots as a file: `{ "roots": [{ "issuer", "kid", "publicKey" }] }`, kid and compressed point in hexadecimal. */
export const writeRoots = (roots: readonly Root[]): string =>
  `${JSON.stringify({ roots: roots.map(({ issuer, kid, publicKey }) => ({ issuer, kid, publicKey: toHex(publicKey) })) }, null, 2)}\n`;

/** Reads what `writeRoots` wrote. @throws RangeError for anything else, for a root twice, and for roots of fewer than two provinces */
export function readRoots(text: string): readonly Root[] {
  const listed: unknown = (JSON.parse(text) as { roots?: unknown } | null)?.roots;
  if (!Array.isArray(listed) || listed.length > maxRoots) throw new RangeError('a roots file lists one to eight roots');
  const roots = (listed as Readonly<Record<string, unknown>>[]).map((root): Root => {
    const { issuer, kid, publicKey } = root ?? {};
    if (typeof issuer !== 'string' || !/^\d\d$/.test(issuer) || !hex(kid, 8) || !hex(publicKey, 33)) throw new RangeError('a root has an issuer of two digits, a kid of eight bytes and a compressed point');
    return { issuer, kid, publicKey: fromHex(publicKey) };
  });
  if (new Set(roots.map(({ kid }) => kid)).size !== roots.length) throw new RangeError('a root stands in the file twice');
  if (new Set(roots.map(({ issuer }) => issuer)).size < 2) throw new RangeError('roots of two provinces are needed');
  return roots;
}
