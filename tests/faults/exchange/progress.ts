import { setTimeout as sleep } from 'node:timers/promises';
import type { DrillOwner } from './owner.js';
import { keyOf, type Workload } from './workload.js';
import type { DrillZone } from './zone.js';

/** How many events of each of an owner's streams have no receipt yet. */
export async function behind(owner: DrillOwner): Promise<{ key: string; behind: number }[]> {
  const rows = await owner.rows<{ to: string; behind: number }>(`select peer as to, sum(n)::integer as behind from (
    select peer, seq - received_seq as n from exchange_stream where direction = 'OUT' union all select peer, count(*) from exchange_outbox group by 1) s group by 1`);
  return rows.map(({ to, behind: count }) => ({ key: keyOf({ from: owner.name, to }), behind: count }));
}

/** Streams of which not everything has arrived, or whose sender does not know. Both ends are asked: after a restore each believes something else. */
export async function late(zone: DrillZone): Promise<string[]> {
  const owners = [...zone.owners.values()];
  const cursors = new Map<string, string>();
  for (const owner of owners) {
    for (const { peer, direction, seq } of await owner.rows<{ peer: string; direction: 'OUT' | 'IN'; seq: string }>('select peer, direction, seq from exchange_stream')) {
      cursors.set(`${direction} ${direction === 'OUT' ? keyOf({ from: owner.name, to: peer }) : keyOf({ from: peer, to: owner.name })}`, seq);
    }
  }
  const waiting = (await Promise.all(owners.map((owner) => behind(owner)))).flat();
  return waiting.filter(({ key, behind: count }) => count > 0 || cursors.get(`OUT ${key}`) !== cursors.get(`IN ${key}`))
    .map(({ key, behind: count }) => `${key.replace(' ', ' to ')} (${count})`);
}

/** Whether everything that is written has arrived within so many seconds, at subgraphs that run. */
export async function caughtUp(zone: DrillZone, seconds: number, signal?: AbortSignal): Promise<boolean> {
  for (const until = performance.now() + seconds * 1_000; performance.now() < until; await sleep(100, undefined, { ...(signal ? { signal } : {}) })) {
    if ([...zone.owners.values()].every(({ url }) => url !== undefined) && (await late(zone)).length === 0) return true;
  }
  return false;
}

const sealed = '(select coalesce(max(seq), 0) from audit_seal)';

/** Whether an owner has something that it will tell by itself: entries of its audit for which no signed head stands; of the zone looks, too. */
async function hasUntold(owner: DrillOwner): Promise<boolean> {
  const [row] = await owner.rows<{ untold: boolean }>(`select ${sealed} <> (select coalesce(max(seq), 0) from audit_checkpoint)
    or exists (select from audit_entry e where not exists (select from audit_seal s where s.entry_id = e.id))
    ${owner.name === 'zone' ? `or exists (select from looks_told where position <> ${sealed})` : ''} as untold`);
  return row!.untold;
}

/** Owners and streams that are not at rest yet. */
export async function restless(zone: DrillZone): Promise<string[]> {
  const untold = await Promise.all([...zone.owners.values()].map(async (owner) => (await hasUntold(owner) ? [`${owner.name} (untold)`] : [])));
  return [...untold.flat(), ...await late(zone)];
}

/** Up to where each of an owner's streams goes, what has no place yet included. */
export const written = (owner: DrillOwner): Promise<{ peer: string; n: number }[]> => owner.rows(`select peer, sum(n)::float8 as n from (
  select peer, seq as n from exchange_stream where direction = 'OUT' union all select peer, count(*) from exchange_outbox group by 1) s group by 1 order by 1`);

/**
 * Whether nothing moves any more within so many seconds, and nothing will by itself. Owners are asked one after another, so an event
 * that passes from one to the next could be seen at neither: what was written must be the same before and after they were asked.
 */
export async function atRest(zone: DrillZone, seconds: number, signal?: AbortSignal): Promise<boolean> {
  const owners = [...zone.owners.values()];
  const ends = async (): Promise<string> => JSON.stringify(await Promise.all(owners.map(written)));
  for (const until = performance.now() + seconds * 1_000; performance.now() < until; await sleep(100, undefined, { ...(signal ? { signal } : {}) })) {
    const before = await ends();
    if ((await restless(zone)).length === 0 && await ends() === before) return true;
  }
  return false;
}

/** Keeps an eye on how far every stream is behind, so that nobody writes faster than it is told. */
export function watch(zone: DrillZone, workload: Workload): { stop(): Promise<void> } {
  let stopped = false;
  const look = async (): Promise<void> => {
    while (!stopped) {
      for (const owner of zone.owners.values()) {
        for (const { key, behind: count } of await behind(owner).catch(() => [])) workload.backlog.set(key, count);
      }
      await sleep(250);
    }
  };
  const looking = look();
  return { stop: async () => { stopped = true; await looking; } };
}
