import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@delta/service/log';
import { currentKey } from './passKeys.js';
import { reissueBatch } from './reissueBatch.js';
import { seconds } from './rules.js';
import type { SigningServices } from './services.js';

/** A replica that died may have held a page when the others found nothing; a look later it holds none. */
const looksInVain = 3;

export interface ReissuingOptions {
  /** Kids of the emergency list in force, of any province. */
  readonly compromised: () => readonly string[];
  readonly log: Logger;
  readonly everyMs?: number;
}

/**
 * Signs anew what a key signed that went to the emergency list, without anybody asking: looks every ten seconds, while serving. Waits as long as
 * the stolen key is still the one in use, or there is none. Replicas share the work page by page; one that is cut off is taken up by the next look.
 */
export function startReissuing(services: SigningServices, { compromised, log, everyMs = 10_000 }: ReissuingOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  /** How often in a row a look found nothing, by stolen key and the key in use. */
  const idle = new Map<string, number>();

  async function look(): Promise<void> {
    const stolen = compromised();
    if (stolen.length === 0 || !services.passes.keys) return;
    const key = await currentKey(services.passes.keys, 'pass', seconds(services.now()));
    if (!key || stolen.includes(key.kid)) return;
    const own = new Set((await services.passes.keys.list()).filter(({ use }) => use === 'pass').map(({ kid }) => kid));
    for (const kid of stolen) {
      const pair = `${kid} ${key.kid}`;
      if (!own.has(kid) || (idle.get(pair) ?? 0) >= looksInVain) continue;
      let signed = 0;
      for await (const page of reissueBatch(services, { kid, signal })) signed += page;
      if (signal.aborted) return;
      idle.set(pair, signed === 0 ? (idle.get(pair) ?? 0) + 1 : 0);
      if (signed > 0) log.info({ kid, next: key.kid, signed }, 'passes of a compromised key were signed anew');
    }
  }
  const looking = (async () => {
    while (!signal.aborted) {
      await look().catch((error: unknown) => { log.error({ err: error }, 'passes of a compromised key could not be signed anew'); });
      await delay(everyMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await looking;
    },
  };
}
