/** Crockford's: 32 characters, none a letter that is taken for a digit. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const selectorLength = 5;
export const codeLength = 15;
/** Of what is typed, with whatever stands between the characters. */
const maxText = 64;

/** A code of these bytes: five characters find what it opens, ten (50 bits) prove it. */
export const codeOf = (random: Uint8Array): string => Array.from(random.subarray(0, codeLength), (byte) => alphabet[byte & 31]!).join('');

/** As it is shown: three groups of five. */
export const codeShown = (code: string): string => code.replace(/(.{5})(?=.)/g, '$1-');

/** What somebody typed, as it was meant; undefined for what is no code. */
export function readCode(text: string): string | undefined {
  if (text.length > maxText) return undefined;
  const code = text.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return code.length === codeLength && [...code].every((character) => alphabet.includes(character)) ? code : undefined;
}

export const selectorOf = (code: string): string => code.slice(0, selectorLength);

/** What is known of a code that somebody entered. */
export interface KnownCode { readonly used: boolean; readonly expiresAt: Date; readonly tries: number }

export type CodeFault = 'INVALID' | 'USED' | 'LOCKED' | 'EXPIRED';

/**
 * What a code is worth. Only who has the right one learns why it is not taken; anybody else that it is none.
 * @returns why it is not taken, or null
 */
export function codeFault(known: KnownCode | undefined, matches: boolean, maxTries: number, now: Date): CodeFault | null {
  if (!known || !matches) return 'INVALID';
  if (known.used) return 'USED';
  if (known.tries >= maxTries) return 'LOCKED';
  return known.expiresAt <= now ? 'EXPIRED' : null;
}
