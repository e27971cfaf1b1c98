import { setTimeout as delay } from 'node:timers/promises';
import { oneOf, readConfig, url } from '@delta/service/config';
import { createLog } from '@delta/service/log';
import { runService } from '@delta/service/process';
import { homeDirectory } from './home.js';
import { Refusal } from './refusal.js';
import { renewTrustList } from './renewTrustList.js';

const retryMs = 1_000;
const lookMs = 60_000;

/**
 * Holds the ceremony of the trust list in a demonstration, where all roots lie in one home: at once, and whenever it is due. In
 * production nobody could: the roots are apart and on no network (docker/CEREMONY.md).
 */
runService(async () => {
  const { mode, zoneUrl } = readConfig({ mode: oneOf('DELTA_MODE', ['demo', 'production'] as const, { default: 'demo' }), zoneUrl: url('DELTA_ZONE_URL') });
  if (mode === 'production') throw new Refusal('Roots lie apart in production.', 'Hold the ceremony by hand (docker/CEREMONY.md).');
  const log = createLog('ceremony');
  const stopping = new AbortController();
  const home = homeDirectory(process.env);
  const look = async (): Promise<number> => {
    try {
      const sequence = await renewTrustList(home, { url: zoneUrl }, Math.floor(Date.now() / 1000));
      if (sequence !== undefined) log.info({ sequence }, 'a trust list is in force');
      return lookMs;
    } catch (error) {
      // The zone may only be on its way up.
      log[error instanceof Refusal ? 'info' : 'error']({ reason: (error as Error).message }, 'the trust list could not be renewed');
      return retryMs;
    }
  };
  const looking = (async () => {
    while (!stopping.signal.aborted) await delay(await look(), undefined, { signal: stopping.signal }).catch(() => undefined);
  })();
  return { url: zoneUrl, close: async () => { stopping.abort(); await looking; } };
});
