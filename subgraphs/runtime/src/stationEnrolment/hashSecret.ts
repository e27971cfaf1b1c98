import { scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, { readonly N: number; readonly r: number; readonly p: number }, Buffer>(scrypt);

/** Slow on purpose: who has copied the database has 15 minutes for 50 bits. About 30 ms, and only for codes that are open, five times each. */
export const hashSecret = (secret: string, salt: Buffer): Promise<Buffer> => derive(secret, salt, 32, { N: 2 ** 14, r: 8, p: 1 });

export const provesSecret = async (secret: string, { salt, secretHash }: { readonly salt: Buffer; readonly secretHash: Buffer }): Promise<boolean> =>
  timingSafeEqual(await hashSecret(secret, salt), secretHash);
