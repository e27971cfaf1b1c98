import { isPromise, type Answer } from '../lib/steps.js';
import type { Platform, PlatformKey } from './platform.js';

/**
 * The platform with the last `size` imported keys kept, under their bytes. Importing costs most of what a signature check does,
 * and the members of a branch come every week. Keys are public; a point off the curve is not kept.
 */
export function cacheKeys(platform: Platform, size: number): Platform {
  const kept = new Map<string, PlatformKey>();
  const keep = (name: string, key: PlatformKey | undefined): PlatformKey | undefined => {
    if (!key) return undefined;
    if (kept.size >= size) kept.delete(kept.keys().next().value!);
    kept.set(name, key);
    return key;
  };
  return {
    ...platform,
    importKey(point: Uint8Array): Answer<PlatformKey | undefined> {
      const name = String.fromCharCode(...point);
      const known = kept.get(name);
      if (known) {
        kept.delete(name);
        kept.set(name, known);
        return known;
      }
      const key = platform.importKey(point);
      return isPromise(key) ? key.then((value) => keep(name, value)) : keep(name, key);
    },
  };
}
