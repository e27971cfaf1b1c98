import { setTimeout as sleep } from 'node:timers/promises';
import type { DrillOwner } from '../exchange/owner.js';
import type { DrillZone } from '../exchange/zone.js';

interface Cursor { readonly peer: string; readonly seq: number; readonly hash: string }

const cursors = (owner: DrillOwner, direction: 'OUT' | 'IN'): Promise<Cursor[]> =>
  owner.rows<Cursor>('select peer, seq::float8 as seq, hash from exchange_stream where direction = $1', [direction]);

/** Resolves when an owner has again all that its peers have of it, and all that they had for it at the time of the call. @throws when it takes too long */
export async function recovered({ owners }: DrillZone, name: string, patienceMs: number): Promise<void> {
  const owner = owners.get(name)!;
  const peers = [...owners.values()].filter((peer) => peer !== owner);
  const told = new Map((await Promise.all(peers.map(async (peer) => [peer.name, (await cursors(peer, 'OUT')).find((cursor) => cursor.peer === name)?.seq ?? 0] as const))));
  const isBack = async (): Promise<boolean> => {
    const heard = new Map((await cursors(owner, 'IN')).map(({ peer, seq }) => [peer, seq]));
    if ([...told].some(([peer, seq]) => (heard.get(peer) ?? 0) < seq)) return false;
    for (const peer of peers) {
      const has = (await cursors(peer, 'IN')).find((cursor) => cursor.peer === name);
      if (has && has.seq > 0 && (await owner.rows('select 1 from exchange_log where peer = $1 and seq = $2 and hash = $3', [peer.name, has.seq, has.hash])).length === 0) return false;
    }
    return true;
  };
  for (const until = Date.now() + patienceMs; !(await isBack()); await sleep(100)) {
    if (Date.now() > until) throw new Error(`${name} did not take up what it lost`);
  }
}
