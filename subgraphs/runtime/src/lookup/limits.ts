import { PlatformError } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import type { Database } from '../db/database.js';
import { chargeAsk, forgetUsage, type Ask } from './charge.js';
import { admitsAgainAt } from './rules.js';
import { forgetPresence } from './store.js';
import type { Limit } from './types.js';

/** How often may be asked, against whoever tries numbers one after another. */
export interface LimitSettings { readonly person: number; readonly viewer: number; readonly organization: number; readonly province: number }

/** Counts who asks, about whom, how often; kept in the database, so that all replicas count together. */
export interface Limits {
  /**
   * Before anything else is looked at, and whatever comes of it.
   * @throws PlatformError LOOKUP_LIMIT with the `scope` that is full (PERSON, VIEWER, ORGANIZATION or PROVINCE), its `limit`, and `retryAt`
   */
  charge(viewer: Viewer, ask: Ask): Promise<void>;
  stop(): void;
}

const hour = 3_600;
const sweepMs = 10 * 60_000;

export function createLimits(db: Database, province: string, settings: LimitSettings, now: () => Date): Limits {
  const limits: readonly Limit[] = [
    { scope: 'PERSON', admits: settings.person, windowSeconds: 24 * hour },
    { scope: 'VIEWER', admits: settings.viewer, windowSeconds: hour },
    { scope: 'ORGANIZATION', admits: settings.organization, windowSeconds: hour },
    { scope: 'PROVINCE', admits: settings.province, windowSeconds: hour },
  ];
  const sweep = setInterval(() => { Promise.all([forgetUsage(db, now()), forgetPresence(db, now())]).catch(() => undefined); }, sweepMs).unref();
  return {
    async charge(viewer, ask) {
      const at = now();
      const [last] = (await chargeAsk(db, limits, province, viewer, ask, at))
        .flatMap(({ scope, used }) => limits.filter((limit) => limit.scope === scope).map((limit) => ({ limit, again: admitsAgainAt(limit, used) })))
        .sort((a, b) => b.again.getTime() - a.again.getTime());
      if (last) throw new PlatformError('LOOKUP_LIMIT', { scope: last.limit.scope, limit: last.limit.admits, retryAt: last.again.toISOString() });
    },
    stop: () => { clearInterval(sweep); },
  };
}
