const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:';

/** RFC 9285 by way of numbers in text, apart from the package's own, which it is held against. */
export function base45(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 2) {
    const last = i + 1 === bytes.length;
    let value = last ? bytes[i]! : bytes[i]! * 256 + bytes[i + 1]!;
    for (let digit = 0; digit < (last ? 2 : 3); digit += 1) {
      text += alphabet[value % 45]!;
      value = Math.floor(value / 45);
    }
  }
  return text;
}

export function fromBase45(text: string): Uint8Array {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i += 3) {
    const group = [...text.slice(i, i + 3)].reduceRight((sum, character) => sum * 45 + alphabet.indexOf(character), 0);
    bytes.push(...(i + 3 <= text.length ? [group >> 8, group & 255] : [group]));
  }
  return Uint8Array.from(bytes);
}
