import { createPrivateKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createNodeSigner, type TrustKey } from '@delta/pass';
import { keyAhead } from '@delta/pass/limits';
import { newPassKeys, type PassKeyEntry } from './newPassKeys.js';
import { replaceFile } from './writeFileOnce.js';

const day = 86_400;
const textOf = (keys: readonly PassKeyEntry[]): string => `${JSON.stringify({ keys }, null, 2)}\n`;
const readKeys = async (file: string): Promise<readonly PassKeyEntry[]> => (JSON.parse(await readFile(file, 'utf8')) as { keys: readonly PassKeyEntry[] }).keys;

const newKey = (use: PassKeyEntry['use'], from: number): PassKeyEntry => newPassKeys(from).find((key) => key.use === use)!;

/** What a province wants on the trust list. */
export async function publicPassKeys(file: string, issuer: string): Promise<readonly TrustKey[]> {
  return (await readKeys(file)).map(({ use, from, until, key }) => {
    const { kid, publicKey } = createNodeSigner(createPrivateKey(key));
    return { kid: Buffer.from(kid).toString('hex'), issuer, use, algorithm: -7, publicKey, from, until };
  });
}

/**
 * Adds the next key of each use whose last one ends within 30 days; it begins when that ends.
 * @returns how many were added
 */
export async function addNextPassKeys(file: string, now: number): Promise<number> {
  const keys = await readKeys(file);
  const next = (['pass', 'status'] as const).flatMap((use) => {
    const last = Math.max(...keys.filter((key) => key.use === use).map(({ until }) => until));
    return last < now + keyAhead ? [newKey(use, Math.max(last, now - day))] : [];
  });
  if (next.length > 0) await replaceFile(file, textOf([...keys, ...next]));
  return next.length;
}

/** Puts another key of the stolen one's use beside it, which signs as soon as the trust list names it. */
export async function replacePassKey(file: string, issuer: string, kid: string, now: number): Promise<boolean> {
  const [keys, open] = [await readKeys(file), await publicPassKeys(file, issuer)];
  const stolen = open.find((key) => key.kid === kid);
  if (stolen === undefined || stolen.use === 'exchange') return false;
  await replaceFile(file, textOf([...keys, newKey(stolen.use, now)]));
  return true;
}
