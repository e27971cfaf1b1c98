import { setTimeout as sleep } from 'node:timers/promises';
import { PlatformError } from '@delta/schema/errors';
import type { Signer } from '@delta/service/keys';
import type { Logger } from '@delta/service/log';
import type { Database } from '../../db/database.js';
import { register } from './register.js';
import { registrationLimits } from './message.js';
import { markRegistered, storeClaims, unregisteredMembers } from './store.js';

export interface Registrar {
  /** Resolves when every member that waited at the time of the call has been answered for. */
  readonly caughtUp: Promise<number>;
  stop(): Promise<void>;
}

export interface RegistrarServices { readonly db: Database; readonly signer: Signer; readonly now: () => Date }

const pause = { busyMs: 0, idleMs: 15_000, failedMs: 1_000 };

/** Keeps the directory told of this province's members, and hears of claims. A zone that is away costs nothing but delay. */
export function startRegistrar(services: RegistrarServices, zoneUrl: string, log: Logger): Registrar {
  const stopping = new AbortController();
  let registered = 0;
  let caughtUp: (count: number) => void = () => undefined;
  const promise = new Promise<number>((resolve) => { caughtUp = resolve; });

  const once = async (): Promise<number> => {
    const entries = await unregisteredMembers(services.db, registrationLimits.entries);
    const receipt = await register(zoneUrl, services.signer, { entries });
    await services.db.transaction(async (within) => {
      await storeClaims(within, receipt.claims);
      await markRegistered(within, [...receipt.accepted, ...receipt.refused], services.now());
    });
    if (receipt.refused.length > 0) log.warn({ code: 'DUPLICATE_CLAIM', count: receipt.refused.length }, 'another province holds members that this one registered');
    registered += receipt.accepted.length;
    if (entries.length === 0) caughtUp(registered);
    return entries.length === 0 ? pause.idleMs : pause.busyMs;
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
        wait = Math.min(pause.failedMs * 2 ** Math.min(failures - 1, 4), pause.idleMs);
        // Once a streak: a zone that is away for an hour is one fact, not hundreds.
        if (failures === 1) log.info({ code: error instanceof PlatformError ? error.code : 'INTERNAL' }, 'registration waits');
      }
      await sleep(wait, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return { caughtUp: promise, stop: async () => { stopping.abort(); await running; } };
}
