import { createHash } from 'node:crypto';
import { syntheticMembers } from './syntheticMembers.js';
import type { SyntheticConfig } from './types.js';

/** Raised whenever the same configuration begins to give other rows. */
export const syntheticVersion = 1;

export interface Manifest {
  readonly province: string;
  readonly seed: number;
  readonly version: number;
  readonly from: number;
  readonly rows: number;
  /** SM3 over the rows' JSON, each ended by a line feed, in hexadecimal. */
  readonly sm3: string;
}

/** What a shard of `rows` members beginning at `from` must be, wherever it is derived. Errors as `syntheticMember`. */
export function manifest(config: SyntheticConfig, rows: number, from = 0): Manifest {
  const hash = createHash('sm3');
  for (const member of syntheticMembers(config, from, from + rows)) hash.update(`${JSON.stringify(member)}\n`);
  return { province: config.code, seed: config.seed, version: syntheticVersion, from, rows, sm3: hash.digest('hex') };
}
