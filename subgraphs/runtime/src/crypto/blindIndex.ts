import { createHmac } from 'node:crypto';

/** The provinces' shared, versioned key of the blind index. The zone never holds it. */
export interface BlindIndexKeys { readonly current: string; readonly keys: Readonly<Record<string, string>> }

/** HMAC-SM3 of an ID number under the current key, `v1:<base64url>`: pseudonymous personal data, and treated so. */
export function createBlindIndex({ current, keys }: BlindIndexKeys): (idNumber: string) => string {
  const key = Buffer.from(keys[current] ?? '', 'base64');
  if (key.length !== 32) throw new Error(`blind index key ${current} must be 32 bytes of base64`);
  return (idNumber) => `${current}:${createHmac('sm3', key).update(idNumber).digest('base64url')}`;
}
