import { readFile } from 'node:fs/promises';
import type { TrustKey } from '@delta/pass';
import { keyAhead } from '@delta/pass/limits';
import { loadPassKeys } from '@delta/runtime/pass/passKeys';
import { newPassKey } from './newPassKey.js';
import { replaceFile, writeFileOnce } from './writeFileOnce.js';

const day = 86_400;
/** A year, and a month in which its successor, which is announced thirty days ahead, takes over. */
const life = 400 * day;
const uses = ['pass', 'status'] as const;

/** One key of a province's file: what for, when (seconds), and the key itself (PKCS #8, PEM). */
interface FileKey { readonly use: (typeof uses)[number]; readonly from: number; readonly until: number; readonly key: string }

const newKey = (use: FileKey['use'], from: number): FileKey =>
  ({ use, from, until: from + life, key: newPassKey() });
const textOf = (keys: readonly FileKey[]): string => `${JSON.stringify({ keys }, null, 2)}\n`;
/** As they stand in the file, once the province's own reader has found nothing amiss. */
const readKeys = async (file: string): Promise<readonly FileKey[]> => {
  await loadPassKeys(file);
  return (JSON.parse(await readFile(file, 'utf8')) as { keys: readonly FileKey[] }).keys;
};

/** A province's first keys, one a use, from yesterday, so that a clock that is behind takes what they sign. What exists stays. */
export const makePassKeys = (file: string, now: number): Promise<void> => writeFileOnce(file, textOf(uses.map((use) => newKey(use, now - day))));

/** What a province wants on the trust list. */
export async function publicPassKeys(file: string, issuer: string): Promise<readonly TrustKey[]> {
  return (await (await loadPassKeys(file)).list()).map((key) => ({ ...key, issuer, algorithm: -7 }));
}

/**
 * Adds the next key of each use whose last one ends within 30 days; it begins when that ends.
 * @returns how many were added
 */
export async function addNextPassKeys(file: string, now: number): Promise<number> {
  const keys = await readKeys(file);
  const next = uses.flatMap((use) => {
    const last = Math.max(...keys.filter((key) => key.use === use).map(({ until }) => until));
    return last < now + keyAhead ? [newKey(use, Math.max(last, now - day))] : [];
  });
  if (next.length > 0) await replaceFile(file, textOf([...keys, ...next]));
  return next.length;
}

/** Puts another key of each use that the stolen one had in use from now on. */
export async function replacePassKey(file: string, issuer: string, kid: string, now: number): Promise<boolean> {
  const [keys, open] = [await readKeys(file), await publicPassKeys(file, issuer)];
  const stolen = open.find((key) => key.kid === kid);
  if (stolen === undefined || stolen.use === 'exchange') return false;
  // A key of the same use that is newer is the one that signs.
  await replaceFile(file, textOf([...keys, newKey(stolen.use, now)]));
  return true;
}
