const digits = '0123456789abcdef';
const pairs = Array.from({ length: 256 }, (_, i) => digits[i >> 4]! + digits[i & 15]!);

export function toHex(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += pairs[byte]!;
  return text;
}

/** Of our own constants and vectors, never of input: throws a RangeError at anything but pairs of hexadecimal digits. */
export function fromHex(text: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new RangeError('not hexadecimal');
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array => concatAll(parts);

/** Of a list as long as it may be: as arguments, a hundred thousand parts would not fit on the stack. */
export function concatAll(parts: readonly Uint8Array[]): Uint8Array {
  let at = 0;
  for (const part of parts) at += part.length;
  const all = new Uint8Array(at);
  at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Below, equal or above zero as `a` sorts before, with or after `b`, byte by byte. Not for secrets: its time tells. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i += 1) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.length - b.length;
}

export const equalBytes = (a: Uint8Array, b: Uint8Array): boolean => compareBytes(a, b) === 0;
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
