import { counter, gauge, histogram, type Metrics } from '@delta/service/metrics';
import type { BreakerState } from './circuitBreaker.js';

/** What the gateway measures beside its requests. */
export interface GatewayMetrics {
  /** One request to a subgraph: `ok`, `errors`, `open` (not sent), or how it failed. */
  fetch(subgraph: string, outcome: string, seconds: number): void;
  breaker(subgraph: string, state: BreakerState): void;
  /** One plan looked up; `seconds` when it had to be made. */
  plan(seconds: number | null): void;
  plansKept(count: number): void;
  /** One attempt to load a supergraph. */
  reload(outcome: 'loaded' | 'refused'): void;
  /** A request refused before it was planned. */
  refused(code: string): void;
}

export function createGatewayMetrics(metrics: Metrics): GatewayMetrics {
  const fetches = histogram(metrics, 'delta_subgraph_fetch_seconds', 'Duration of requests to subgraphs in seconds.', ['subgraph', 'outcome']);
  const breakers = gauge(metrics, 'delta_breaker_open', '1 while a subgraph is not asked because it failed.', ['subgraph']);
  const planning = histogram(metrics, 'delta_plan_seconds', 'Time to plan an operation in seconds.', []);
  const planLookups = counter(metrics, 'delta_plan_lookups_total', 'Plans looked up, by whether one was kept.', ['outcome']);
  const kept = gauge(metrics, 'delta_plans_kept', 'Plans kept.', []);
  const reloads = counter(metrics, 'delta_supergraph_loads_total', 'Supergraphs loaded or refused.', ['outcome']);
  const refusals = counter(metrics, 'delta_refused_total', 'Requests refused before planning, by code.', ['code']);
  return {
    fetch: (subgraph, outcome, seconds) => { fetches.observe({ subgraph, outcome }, seconds); },
    breaker: (subgraph, state) => { breakers.set({ subgraph }, state === 'open' ? 1 : 0); },
    plan: (seconds) => {
      planLookups.inc({ outcome: seconds === null ? 'kept' : 'made' });
      if (seconds !== null) planning.observe(seconds);
    },
    plansKept: (count) => { kept.set(count); },
    reload: (outcome) => { reloads.inc({ outcome }); },
    refused: (code) => { refusals.inc({ code }); },
  };
}
