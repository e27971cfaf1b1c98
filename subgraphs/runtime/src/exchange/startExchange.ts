import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '@delta/schema/errors';
import { v7 as uuidv7 } from 'uuid';
import { Bell } from './bell.js';
import { backlog, deliver } from './deliver.js';
import { Leases } from './leases.js';
import { exchangeLimits } from './message.js';
import type { Peers } from './peers.js';
import { sequence } from './sequence.js';
import type { SenderServices } from './services.js';
import { peersWaiting, recordRefusal } from './store.js';
import { trim } from './trim.js';

export interface ExchangeOptions {
  readonly peers: Peers;
  /** How often the outbox is looked at, in milliseconds: an idle event waits half of it on average. Default 50. */
  readonly pollMs?: number;
  /** How often a quiet peer is asked how far it has come, which finds what either side lost. Default 10 s. */
  readonly greetMs?: number;
  /** How long what was sent and received is kept: as long as the oldest backup that anybody might restore. Default 35 days. */
  readonly keepMs?: number;
  /** How long a replica that fell silent keeps its peers from the others. Default 5 s. */
  readonly leaseMs?: number;
}

export interface RunningExchange { stop(): Promise<void> }

const failures = { firstMs: 250, longestMs: 15_000 };
/** What is asked when the end comes has this long to be answered. */
const graceMs = 1_000;
const hourMs = 60 * 60_000;
/** From so many events a look on, the next look waits longer: what comes meanwhile goes in fewer, larger batches, which cost a fraction. */
const crowd = 25;
const gatherPolls = 4;
/** Placing takes some tens of milliseconds: for longer than this, others do not wait for it. */
const heldMs = 500;

/**
 * Moves events: gives what waits in the outbox its place, and sends each peer what it does not have. Peers are served apart, so
 * one that is away holds up nobody; it is asked again, ever more seldom, up to every 15 seconds. Every replica runs this, and each
 * peer is served by the one that holds its lease (leases.ts).
 */
export function startExchange(services: SenderServices, { peers, pollMs = 50, greetMs = 10_000, keepMs = 35 * 24 * hourMs, leaseMs = 5_000 }: ExchangeOptions): RunningExchange {
  const { db, log, now, counts, transport } = services;
  let stopping = false;
  const leases = new Leases(db, leaseMs);
  const outbox = new Bell();
  const bells = new Map<string, Bell>();
  const serving = new Map<string, Promise<void>>();
  const placing = new Map<string, Promise<void>>();

  /** After a failure new events wake nobody: only time does, or the end. */
  const pause = async (bell: Bell, ms: number): Promise<void> => {
    for (const end = performance.now() + ms; !stopping && performance.now() < end;) await bell.wait(end - performance.now());
  };

  const note = async (peer: string, error: unknown): Promise<void> => {
    const known = error instanceof PlatformError;
    log.info({ code: known ? error.code : 'INTERNAL', peer, ...(known ? {} : { err: error }) }, 'a peer of the exchange waits');
    if (!known || error.http >= 500) return;
    counts?.refused(peer, 'SENT', error.code);
    await recordRefusal(db, { id: uuidv7(), at: now(), peer, side: 'SENT', code: error.code }).catch(() => undefined);
  };

  const serve = async (peer: string, bell: Bell): Promise<void> => {
    let [failed, greeted] = [0, -Infinity];
    while (!stopping) {
      try {
        if (!(await leases.take(peer))) {
          greeted = -Infinity;
          await bell.wait(leaseMs / 2);
          continue;
        }
        const greetIsDue = (): boolean => performance.now() - greeted > greetMs;
        const greet = greetIsDue();
        const began = performance.now();
        const turn = await deliver(services, peer, greet, () => !stopping && !greetIsDue() && leases.holds(peer));
        if (greet) greeted = performance.now();
        failed = 0;
        // Both sides have others to serve: a backlog gets a part of their time, however long it is.
        if (turn === 'BACKLOG') await pause(bell, (performance.now() - began) * backlog.pause);
        if (turn === 'BACKLOG' || turn === 'MORE') continue;
        await bell.wait(greetMs);
      } catch (error) {
        failed += 1;
        // Once a streak: a peer that is away for an hour is one fact, not hundreds.
        if (failed === 1) await note(peer, error);
        greeted = -Infinity;
        await pause(bell, Math.min(failures.firstMs * 2 ** Math.min(failed - 1, 6), failures.longestMs));
      }
    }
  };

  /** @returns how many got a place, and whether a peer may have had more than `most` waiting */
  const place = async (most: number): Promise<{ readonly count: number; readonly more: boolean }> => {
    for (const { name } of await peers.list()) {
      if (serving.has(name)) continue;
      const bell = new Bell();
      bells.set(name, bell);
      serving.set(name, serve(name, bell));
    }
    const found = { count: 0, more: false };
    for (const peer of await peersWaiting(db)) {
      // Who serves a peer gives the places too, and knows then that there is something to send.
      if (!leases.holds(peer) || placing.has(peer)) continue;
      const placed = sequence(services, peer, most).then((count) => {
        found.count += count;
        found.more ||= count === most;
        if (count > 0) bells.get(peer)?.ring();
      }).finally(() => placing.delete(peer));
      placing.set(peer, placed);
      // Heard below, or at the next look.
      placed.catch(() => undefined);
    }
    // A stream whose row somebody holds keeps no other from being looked at.
    const enough = new AbortController();
    await Promise.race([Promise.all(placing.values()), sleep(heldMs, undefined, { signal: enough.signal }).catch(() => undefined)]).finally(() => { enough.abort(); });
    return found;
  };

  const run = async (): Promise<void> => {
    let [failed, trimmed, last, inARow] = [0, performance.now(), { count: 0, more: false }, 0];
    while (!stopping) {
      try {
        const began = performance.now();
        const most = inARow > backlog.from ? backlog.batch : exchangeLimits.events;
        last = await place(most);
        inARow = last.more ? inARow + most : 0;
        if (inARow > backlog.from) await pause(outbox, (performance.now() - began) * backlog.pause);
        if (performance.now() - trimmed > hourMs) {
          trimmed = performance.now();
          await trim(db, new Date(now().getTime() - keepMs));
        }
        failed = 0;
      } catch (error) {
        failed += 1;
        if (failed === 1) log.warn({ code: error instanceof PlatformError ? error.code : 'INTERNAL', err: error }, 'the outbox waits');
      }
      if (failed > 0 || !last.more) await outbox.wait(failed > 0 ? failures.firstMs * 4 : last.count < crowd ? pollMs : pollMs * gatherPolls);
    }
    await Promise.all([...serving.values(), Promise.allSettled(placing.values())]);
  };
  const running = run();
  return {
    stop: async () => {
      stopping = true;
      for (const bell of [outbox, ...bells.values()]) bell.ring();
      const impatient = setTimeout(() => { void transport.close?.(); }, graceMs);
      await running;
      // Without it they run out by themselves.
      await leases.stop().catch(() => undefined);
      clearTimeout(impatient);
      await transport.close?.();
    },
  };
}
