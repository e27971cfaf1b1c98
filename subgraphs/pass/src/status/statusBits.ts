/** Two bits a pass, four passes a byte, the first in the lowest bits (Token Status List, 4.1). */
export const statuses = { valid: 0, revoked: 1, suspended: 2 } as const;
export type Status = keyof typeof statuses;

export const statusBytes = (size: number): Uint8Array => new Uint8Array(Math.ceil(size / 4));

export function setStatus(bytes: Uint8Array, index: number, status: Status): void {
  const shift = (index & 3) * 2;
  bytes[index >> 2] = (bytes[index >> 2]! & ~(3 << shift)) | (statuses[status] << shift);
}

/** 0 to 3; undefined past the end. Every whole number that a code may hold is a fair index. */
export function statusAt(bytes: Uint8Array, index: number): number | undefined {
  const byte = bytes[Math.floor(index / 4)];
  return byte === undefined ? undefined : (byte >> ((index % 4) * 2)) & 3;
}

/**
 * A free place, drawn by chance: places in the order of issue would tell how many were issued between two passes. `random` gives
 * 0 up to 1; undefined when a thousand draws found none, which means that the list is full.
 */
export function drawStatusIndex(size: number, isTaken: (index: number) => boolean, random: () => number): number | undefined {
  for (let draw = 0; draw < 1000; draw += 1) {
    const index = Math.floor(random() * size);
    if (!isTaken(index)) return index;
  }
  return undefined;
}
