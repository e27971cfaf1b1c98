import { PlatformError } from '@delta/schema/errors';
import { v7 as uuidv7 } from 'uuid';
import { Bell } from './bell.js';
import { deliver } from './deliver.js';
import { Leases } from './leases.js';
import type { Peers } from './peers.js';
import { sequence, sequenceBatch } from './sequence.js';
import type { SenderServices } from './services.js';
import { peersWaiting, recordRefusal, trimLog } from './store.js';

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
const hourMs = 60 * 60_000;

/**
 * Moves events: gives what waits in the outbox its place, and sends each peer what it does not have. Peers are served apart, so
 * one that is away holds up nobody; it is asked again, ever more seldom, up to every 15 seconds. Every replica runs this, and each
 * peer is served by the one that holds its lease (leases.ts).
 */
export function startExchange(services: SenderServices, { peers, pollMs = 50, greetMs = 10_000, keepMs = 35 * 24 * hourMs, leaseMs = 5_000 }: ExchangeOptions): RunningExchange {
  const { db, log, now, counts } = services;
  let stopping = false;
  const leases = new Leases(db, leaseMs);
  const outbox = new Bell();
  const bells = new Map<string, Bell>();
  const serving = new Map<string, Promise<void>>();

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
        const turn = await deliver(services, peer, greet, () => !stopping && !greetIsDue() && leases.holds(peer));
        if (greet) greeted = performance.now();
        failed = 0;
        if (turn === 'MORE') continue;
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

  /** @returns whether more may be waiting than got a place */
  const place = async (): Promise<boolean> => {
    for (const { name } of await peers.list()) {
      if (serving.has(name)) continue;
      const bell = new Bell();
      bells.set(name, bell);
      serving.set(name, serve(name, bell));
    }
    let more = false;
    for (const peer of await peersWaiting(db)) {
      // Who serves it gives the places too, and knows then that there is something to send.
      if (!leases.holds(peer)) continue;
      const placed = await sequence(services, peer);
      if (placed > 0) bells.get(peer)?.ring();
      more ||= placed === sequenceBatch;
    }
    return more;
  };

  const run = async (): Promise<void> => {
    let [failed, trimmed, more] = [0, performance.now(), false];
    while (!stopping) {
      try {
        more = await place();
        if (performance.now() - trimmed > hourMs) {
          await trimLog(db, new Date(now().getTime() - keepMs));
          trimmed = performance.now();
        }
        failed = 0;
      } catch (error) {
        failed += 1;
        if (failed === 1) log.warn({ code: error instanceof PlatformError ? error.code : 'INTERNAL', err: error }, 'the outbox waits');
      }
      if (failed > 0 || !more) await outbox.wait(failed === 0 ? pollMs : failures.firstMs * 4);
    }
    await Promise.all(serving.values());
  };
  const running = run();
  return {
    stop: async () => {
      stopping = true;
      for (const bell of [outbox, ...bells.values()]) bell.ring();
      await running;
      // Without it they run out by themselves.
      await leases.stop().catch(() => undefined);
    },
  };
}
