import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '@delta/schema/errors';
import type { Signer, Trust } from '@delta/service/keys';
import type { Logger } from '@delta/service/log';
import type { Database } from '../db/database.js';
import { registrationLimits } from './message.js';
import { register } from './register.js';
import { dropExpiredLooks, markRegistered, unregisteredMembers } from './store.js';

export interface Registrar {
  /** Resolves when every member that waited at the time of the call has been answered for. */
  readonly caughtUp: Promise<number>;
  stop(): Promise<void>;
}

export interface RegistrarServices { readonly db: Database; readonly signer: Signer; readonly trust: Trust; readonly now: () => Date; readonly send?: typeof fetch }

export interface RegistrarOptions {
  readonly zoneUrl: string;
  readonly log: Logger;
}

const pause = { busyMs: 0, idleMs: 2_000, failedMs: 1_000, longestMs: 15_000 };
const dayMs = 24 * 60 * 60_000;

/**
 * Enters members that were loaded in bulk into the directory; one by one they would be as many events as there are members. A zone
 * that is away costs nothing but delay.
 */
export function startRegistrar(services: RegistrarServices, { zoneUrl, log }: RegistrarOptions): Registrar {
  const { db, now } = services;
  const stopping = new AbortController();
  let registered = 0;
  let expired = 0;
  let caughtUp: (count: number) => void = () => undefined;
  const promise = new Promise<number>((resolve) => { caughtUp = resolve; });

  const once = async (): Promise<number> => {
    const entries = await unregisteredMembers(db, registrationLimits.entries);
    if (now().getTime() - expired > dayMs) {
      await dropExpiredLooks(db, now());
      expired = now().getTime();
    }
    if (entries.length === 0) {
      caughtUp(registered);
      return pause.idleMs;
    }
    const { accepted, refused } = await register(zoneUrl, services, { entries });
    await markRegistered(db, [...accepted, ...refused], now());
    if (refused.length > 0) log.warn({ code: 'DUPLICATE_CLAIM', count: refused.length }, 'another province holds members that this one registered');
    registered += accepted.length;
    return pause.busyMs;
  };

  const loop = async (): Promise<void> => {
    let failures = 0;
    while (!stopping.signal.aborted) {
      let wait: number;
      try {
        wait = await once();
        failures = 0;
      } catch (error) {
        failures += 1;
        wait = Math.min(pause.failedMs * 2 ** Math.min(failures - 1, 4), pause.longestMs);
        // Once a streak: a zone that is away for an hour is one fact, not hundreds.
        if (failures === 1) log.info({ code: error instanceof PlatformError ? error.code : 'INTERNAL' }, 'registration waits');
      }
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return { caughtUp: promise, stop: async () => { stopping.abort(); await running; } };
}
