import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export type Outcome = 'ok' | 'partial' | 'error';

/** A service's metrics. Labels are names of the system, from closed sets: never a person, never what a client sent. */
export interface Metrics {
  readonly service: string;
  readonly registry: Registry;
  /** Records one finished request; `seconds` is its whole duration. */
  request(operation: string, outcome: Outcome, seconds: number): void;
}

/** Bounds in seconds: from a cached answer to past any deadline. */
export const durationBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'delta_request_seconds', help: 'Duration of requests in seconds.', labelNames: ['service', 'operation', 'outcome'] as const,
    buckets: durationBuckets, registers: [registry],
  });
  return { service, registry, request: (operation, outcome, duration) => { seconds.observe({ service, operation, outcome }, duration); } };
}

/** A counter of this service's own, beside the standard ones. */
export const counter = <L extends string>({ registry }: Metrics, name: string, help: string, labelNames: readonly L[]): Counter<L> =>
  new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });

/** A gauge of this service's own. @param collect sets it, each time that it is asked for */
export const gauge = <L extends string>({ registry }: Metrics, name: string, help: string, labelNames: readonly L[], collect?: () => Promise<void>): Gauge<L> =>
  new Gauge({ name, help, labelNames: [...labelNames], registers: [registry], ...(collect ? { collect } : {}) });

/** A histogram of durations in seconds of this service's own. */
export const histogram = <L extends string>({ registry }: Metrics, name: string, help: string, labelNames: readonly L[]): Histogram<L> =>
  new Histogram({ name, help, labelNames: [...labelNames], buckets: durationBuckets, registers: [registry] });
