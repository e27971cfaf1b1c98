import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@delta/runtime/db/database';
import { looksKind, mostLooks } from '@delta/runtime/directory/index';
import { eventOf, type Joined } from '@delta/runtime/exchange/index';
import { PlatformError } from '@delta/schema/errors';
import { provinces } from '@delta/schema/provinces';
import type { Logger } from '@delta/service/log';
import { lockTold, looksSince, storeTold } from './store.js';

export interface LooksTeller { stop(): Promise<void> }

const everyMs = 1_000;

/**
 * Tells each province who was told by the zone that, and where, its members exist: one event a stretch of the sealed chain, not one
 * a look, written with how far it goes.
 */
export function startTellingLooks({ db, exchange, log, now }: { readonly db: Database; readonly exchange: Pick<Joined, 'tell'>; readonly log: Logger; readonly now: () => Date }): LooksTeller {
  const stopping = new AbortController();
  const tellOne = (province: string): Promise<boolean> => db.transaction(async (within) => {
    const after = await lockTold(within, province);
    if (after === null) return false;
    const { looks, until, more } = await looksSince(within, province, after, mostLooks);
    if (looks.length > 0) await exchange.tell(within, [eventOf(looksKind, { to: province, subject: province, data: { looks } })], now());
    await storeTold(within, province, until);
    return more;
  });
  const loop = async (): Promise<void> => {
    let failed = 0;
    while (!stopping.signal.aborted) {
      try {
        for (const { slug } of provinces) while (!stopping.signal.aborted && await tellOne(slug));
        failed = 0;
      } catch (error) {
        failed += 1;
        if (failed === 1) log.info({ code: error instanceof PlatformError ? error.code : 'INTERNAL', ...(error instanceof PlatformError ? {} : { err: error }) }, 'looks wait to be told');
      }
      await sleep(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  const running = loop();
  return { stop: async () => { stopping.abort(); await running; } };
}
