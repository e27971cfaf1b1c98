import type { Answer } from '../lib/steps.js';

/** What a station remembers of what it admitted. Claims are atomic: of two at once, one gets true. */
export interface StationState {
  /** True once for each proof; it may be forgotten after `until`, seconds, when its step is refused anyway. */
  claimProof(proof: string, until: number): Answer<boolean>;
  /** True once for each use; kept as long as the activity lasts. */
  claimUse(use: string): Answer<boolean>;
}

/** In memory, for tests and for one run; a station keeps it in a database, since a restart must forget nothing. */
export function createStationState(): { readonly [K in keyof StationState]: (...args: Parameters<StationState[K]>) => boolean } {
  const proofs = new Map<string, number>();
  const uses = new Set<string>();
  return {
    claimProof(proof, until) {
      if (proofs.has(proof)) return false;
      // The map is in the order of its claims, which is nearly that of their ends.
      for (const [old, end] of proofs) {
        if (end >= until - 600) break;
        proofs.delete(old);
      }
      proofs.set(proof, until);
      return true;
    },
    claimUse(use) {
      if (uses.has(use)) return false;
      uses.add(use);
      return true;
    },
  };
}
