import { readOverview, type PeerOverview } from '../exchange/index.js';
import type { ProvinceServices } from '../server/services.js';
import { codeOf } from './rules.js';

/** A peer as the contract names and dates it. */
export interface SeenPeer extends Omit<PeerOverview, 'oldestUndelivered' | 'lastReceipt' | 'lastReceived'> {
  readonly code: string;
  /** ISO 8601 in UTC. */
  readonly oldestUndelivered: string | null;
  readonly lastReceipt: string | null;
  readonly lastReceived: string | null;
}

/** All peers of the signed list, and those with whom there was something once, by code. */
export async function peersSeen({ db, exchange: { peers } }: ProvinceServices): Promise<SeenPeer[]> {
  const seen = await readOverview(db, (await peers.list()).map(({ name }) => name));
  return seen.map((each) => ({
    ...each, code: codeOf(each.peer), oldestUndelivered: each.oldestUndelivered?.toISOString() ?? null,
    lastReceipt: each.lastReceipt?.toISOString() ?? null, lastReceived: each.lastReceived?.toISOString() ?? null,
  })).sort((a, b) => a.code.localeCompare(b.code));
}

/** One of them as it stands now. */
export const peerSeen = async (services: ProvinceServices, peer: string): Promise<SeenPeer | null> =>
  (await peersSeen(services)).find((each) => each.peer === peer) ?? null;
