import { createHash } from 'node:crypto';
import type { GatewayConfig } from '@apollo/gateway';
import { BoundedCache } from '@delta/service/boundedCache';
import type { GatewayMetrics } from './gatewayMetrics.js';

export type PlanCache = NonNullable<NonNullable<GatewayConfig['queryPlannerConfig']>['cache']>;
type Plan = NonNullable<Awaited<ReturnType<PlanCache['get']>>>;

export interface PlanStore extends PlanCache {
  readonly size: number;
  /** Plans under this key stay for good. */
  pin(key: string): void;
}

/** The key of a document's plan, as the gateway makes it; a client may name the operation or not. */
export const planKey = (query: string, operationName?: string): string => {
  const digest = createHash('sha256').update(query).digest('hex');
  return operationName === undefined ? digest : createHash('sha256').update(digest).update(operationName).digest('hex');
};

/** The plans of one supergraph, at most `limit` characters of them in all, those pinned aside (documents known in advance). */
export function createPlanStore(metrics: GatewayMetrics, limit = 30 * 1024 * 1024): PlanStore {
  const keepers = new Set<string>();
  const pinned = new Map<string, Plan>();
  const sizes = new Map<string, number>();
  let total = 0;
  const plans = new BoundedCache<string, Plan>(5_000, (key) => {
    total -= sizes.get(key) ?? 0;
    sizes.delete(key);
  });
  // The gateway plans at once when it finds nothing here, and brings the plan: what lies between is the time to plan.
  const missed = new Map<string, number>();
  const told = (): void => { metrics.plansKept(store.size); };

  const store = {
    get size() { return pinned.size + plans.size; },
    pin(key: string): void {
      keepers.add(key);
      const plan = plans.get(key);
      if (!plan) return;
      plans.delete(key);
      pinned.set(key, plan);
    },
    async get(key: string): Promise<Plan | undefined> {
      const plan = pinned.get(key) ?? plans.get(key);
      if (plan) metrics.plan(null);
      else missed.set(key, performance.now());
      return plan;
    },
    async set(key: string, plan: Plan): Promise<void> {
      const since = missed.get(key);
      missed.delete(key);
      if (since !== undefined) metrics.plan((performance.now() - since) / 1000);
      if (keepers.has(key)) {
        pinned.set(key, plan);
      } else {
        const size = JSON.stringify(plan).length;
        plans.set(key, plan);
        sizes.set(key, size);
        total += size;
        while (total > limit && plans.size > 1) plans.dropOldest();
      }
      if (missed.size > 1_000) missed.clear();
      told();
    },
    async delete(key: string): Promise<void> { plans.delete(key); },
    async clear(): Promise<void> {
      // Each supergraph has a store of its own; the gateway clears it once, empty, at its start.
    },
  };
  return store;
}
