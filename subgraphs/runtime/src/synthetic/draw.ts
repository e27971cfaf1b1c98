/**
 * A counter generator: the value of (index, field) alone, with no state between calls, so that any row can be derived
 * without those before it and rows can be split over workers. 32 bits, not for secrets.
 */
export type Draw = (index: number, field: number) => number;

/** The finaliser of MurmurHash3: a bijection of 32-bit integers in which every input bit reaches every output bit. */
function mix(value: number): number {
  let hash = value;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** The generator of one stream (say `319999/member`) under one seed. Streams of other names or seeds share nothing. */
export function createDraw(seed: number, stream: string): Draw {
  let key = mix(seed ^ 0x9e3779b9);
  for (const character of stream) key = mix(key ^ character.codePointAt(0)!);
  return (index, field) => {
    const fieldKey = mix(key + Math.imul(field + 1, 0x9e3779b9));
    return mix(mix(index + fieldKey) ^ Math.imul(fieldKey, 0x27d4eb2f));
  };
}

/** A draw as a fraction: 0 ≤ x < 1. */
export const fraction = (draw: number): number => draw / 0x1_0000_0000;

/** The element that a draw falls on, all being equally likely. */
export const pick = <T>(list: readonly T[], draw: number): T => list[Math.floor(fraction(draw) * list.length)]!;
