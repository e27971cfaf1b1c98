import { countRefusals } from '../exchange/index.js';
import type { ProvinceServices } from '../server/services.js';
import { codeOf } from './rules.js';

const dayMs = 24 * 60 * 60_000;

/** What was refused within the last day, by peer, side and code. */
export const refusalsSeen = async ({ db, now }: ProvinceServices): Promise<{ peer: string; side: string; code: string; count: number; lastAt: string }[]> =>
  (await countRefusals(db, new Date(now().getTime() - dayMs))).map(({ peer, lastAt, ...rest }) => ({ ...rest, peer: codeOf(peer), lastAt: lastAt.toISOString() }));
