import { refuse, type Part } from '../refusals/passRefusal.js';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';
const none = 255;
const values = new Uint8Array(128).fill(none);
for (let i = 0; i < 45; i += 1) values[alphabet.charCodeAt(i)] = i;

function valueAt(text: string, i: number, part: Part): number {
  const value = values[text.charCodeAt(i)];
  return value === undefined || value === none ? refuse('BASE45_CHARACTER', part) : value;
}

/**
 * RFC 9285 from `start` to the end of the text, strict: a group of three that stands for more than 65535, or a pair for more
 * than 255, is refused, so that two texts never stand for the same bytes. Nothing is trimmed: a space is a character.
 */
export function decodeBase45(text: string, start: number, part: Part): Uint8Array {
  const length = text.length - start;
  const whole = start + length - (length % 3);
  const bytes = new Uint8Array((length - (length % 3)) / 3 * 2 + (length % 3 === 2 ? 1 : 0));
  let at = 0;
  let i = start;
  for (; i < whole; i += 3) {
    const value = valueAt(text, i, part) + 45 * valueAt(text, i + 1, part) + 2025 * valueAt(text, i + 2, part);
    if (value > 0xffff) refuse('BASE45_OVERFLOW', part);
    bytes[at] = value >> 8;
    bytes[at + 1] = value & 0xff;
    at += 2;
  }
  if (length % 3 === 1) {
    valueAt(text, i, part);
    refuse('BASE45_LENGTH', part);
  }
  if (length % 3 === 2) {
    const value = valueAt(text, i, part) + 45 * valueAt(text, i + 1, part);
    if (value > 0xff) refuse('BASE45_OVERFLOW', part);
    bytes[at] = value;
  }
  return bytes;
}

export function encodeBase45(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const value = bytes[i]! * 256 + bytes[i + 1]!;
    text += alphabet[value % 45]! + alphabet[Math.floor(value / 45) % 45]! + alphabet[Math.floor(value / 2025)]!;
  }
  if (bytes.length % 2 === 1) {
    const value = bytes[bytes.length - 1]!;
    text += alphabet[value % 45]! + alphabet[Math.floor(value / 45)]!;
  }
  return text;
}
