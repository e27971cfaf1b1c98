import { createHmac, timingSafeEqual } from 'node:crypto';
import { derivedKeys, type MasterKeys } from '../crypto/masterKeys.js';

/** A code as it is kept, and the version of the key. */
export interface HashedCode { readonly version: string; readonly hash: Buffer }

/** One-time codes are kept as a digest under a key that the database does not hold, so that a copy of it opens none. */
export interface CodeHasher {
  hash(code: string): HashedCode;
  matches(code: string, kept: HashedCode): boolean;
}

export function createCodeHasher(masterKeys: MasterKeys): CodeHasher {
  const key = derivedKeys(masterKeys, 'one-time-codes');
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
