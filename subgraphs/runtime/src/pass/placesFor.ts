import { randomInt } from 'node:crypto';
import { drawStatusIndex } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import type { Transaction } from '../db/database.js';
import { placesOf, takePlaces } from './store.js';

/** 0 up to 1, unpredictable: places tell nothing of the order of issue. */
const random = (): number => randomInt(2 ** 47) / 2 ** 47;

/** In rounds of four places a pass; a list in which this many rounds leave somebody without one is full. */
const rounds = 250;

/** Different places by chance, in the order to try them. */
function drawPlaces(size: number, count: number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < Math.min(count, size)) {
    const place = drawStatusIndex(size, (index) => drawn.has(index), random);
    if (place === undefined) break;
    drawn.add(place);
  }
  return [...drawn];
}

/**
 * The places that passes (ids) have in the status list of a key, new ones where they have none: a pass keeps its place for as long as the same
 * key signs it, so that renewing takes none.
 * @throws PlatformError PASS_LIST_FULL
 */
export async function placesFor(within: Transaction, kid: string, ids: readonly string[], size: number): Promise<ReadonlyMap<string, number>> {
  const had = new Map((await placesOf(within, kid, ids)).map(({ pass, index }) => [pass, index]));
  for (let round = 0; round < rounds && had.size < ids.length; round += 1) {
    const wanting = ids.filter((id) => !had.has(id));
    for (const { pass, index } of await takePlaces(within, kid, wanting, drawPlaces(size, Math.max(16, 4 * wanting.length)))) had.set(pass, index);
  }
  if (had.size < ids.length) throw new PlatformError('PASS_LIST_FULL');
  return had;
}
