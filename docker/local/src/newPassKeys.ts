import { generateKeyPairSync } from 'node:crypto';

/** A private key as the file of a province's pass keys has it (DELTA_PASS_KEYS_FILE). Times in seconds. */
export interface PassKeyEntry { readonly use: 'pass' | 'status'; readonly from: number; readonly until: number; readonly key: string }

const day = 86_400;
/** A year, and a month in which its successor, which is announced thirty days ahead, takes over. */
const life = 400 * day;

/** A key for passes and one for their lists. @param from default: since yesterday, so that a clock that is behind takes what they sign */
export const newPassKeys = (from: number = Math.floor(Date.now() / 1000) - day): PassKeyEntry[] => (['pass', 'status'] as const).map((use) => ({
  use, from, until: from + life, key: generateKeyPairSync('ec', { namedCurve: 'P-256', privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } }).privateKey,
}));
