import { createHmac, timingSafeEqual } from 'node:crypto';
import { derivedKeys, type MasterKeys } from '../crypto/masterKeys.js';

/** One-time codes are kept as a digest under a key that the database does not hold, so that a copy of it opens none. */
export interface CodeHasher {
  hash(code: string): { readonly version: string; readonly hash: Buffer };
  matches(code: string, kept: { readonly version: string; readonly hash: Buffer }): boolean;
}

export function createCodeHasher(masterKeys: MasterKeys): CodeHasher {
  const key = derivedKeys(masterKeys, 'pass-codes');
  const hash = (code: string, version: string): Buffer => createHmac('sha256', key(version)).update(code).digest();
  return {
    hash: (code) => {
      const version = masterKeys.current;
      return { version, hash: hash(code, version) };
    },
    // A key that was retired meanwhile opened codes of fifteen minutes only.
    matches: (code, kept) => masterKeys.versions.includes(kept.version) && timingSafeEqual(hash(code, kept.version), kept.hash),
  };
}
