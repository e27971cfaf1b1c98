import { setTimeout as delay } from 'node:timers/promises';
import { exchangeLimits } from '@delta/runtime/exchange/message';
import { insertInbox, lockStream, moveStream, moveToLog, nextWaiting, type Placed } from '@delta/runtime/exchange/store';
import type { Owner } from '../support/exchangeOwners.js';

/**
 * What no exchange over these tables can do without: the statements that move events, and a signature each. Nothing is serialised,
 * hashed, sent, verified or acknowledged, and there is no receipt. It tells about how much of an event's time is left to be saved: about,
 * since it is one process that waits between its looks, so that in short runs the exchange is faster.
 */
export function runFloor({ services, signer }: Owner, receiver: Owner): { stop(): Promise<void> } {
  const [batch, idleMs] = [exchangeLimits.events, 50];
  const [hash, digest, envelope, data] = ['h'.repeat(43), 'd'.repeat(43), 'e'.repeat(560), Buffer.alloc(190, 'x')];
  let stopped = false;

  const place = (): Promise<Placed[]> => services.db.transaction(async (within) => {
    const { seq, epoch } = await lockStream(within, receiver.name, 'OUT');
    const waiting = await nextWaiting(within, receiver.name, batch);
    if (waiting.length === 0) return [];
    const placed = await Promise.all(waiting.map(async ({ place, head: { id, type, version, subject, time, sealed } }, i) => {
      const jws = await signer.sign({ envelope }, { type: 'delta-bench-job+jwt', audience: receiver.name, expiresInSeconds: 60 });
      return { place, seq: seq + i + 1, id, type, version, subject, at: new Date(time), digest, jws, hash, sealed };
    }));
    await moveToLog(within, receiver.name, placed);
    await moveStream(within, receiver.name, 'OUT', { seq: placed.at(-1)!.seq, hash, epoch });
    return placed;
  });

  const take = (placed: readonly Placed[]): Promise<void> => receiver.services.db.transaction(async (within) => {
    const { epoch } = await lockStream(within, signer.name, 'IN');
    await insertInbox(within, signer.name, placed.map(({ place: _place, ...event }) => ({ ...event, data, state: 'APPLIED', reason: null })), new Date());
    await within.query('insert into arrived (id, peer, subject, n) select i, $1, s, n from unnest($2::uuid[], $3::text[], $4::int[]) as e (i, s, n)',
      [signer.name, placed.map(({ id }) => id), placed.map(({ subject }) => subject), placed.map(({ seq }) => seq)]);
    await moveStream(within, signer.name, 'IN', { seq: placed.at(-1)!.seq, hash, epoch });
  });

  const loop = async (): Promise<void> => {
    let taking: Promise<void> = Promise.resolve();
    while (!stopped) {
      const placed = await place();
      // The next batch is placed while this one is taken.
      await taking;
      if (placed.length > 0) taking = take(placed);
      if (placed.length < batch) await delay(idleMs);
    }
    await taking;
  };
  const running = loop();
  return { stop: async () => { stopped = true; await running; } };
}
