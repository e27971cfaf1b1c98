/**
 * Keeps a dead or hanging subgraph from costing every request its deadline.
 *
 * closed: requests pass; `threshold` failures in a row open it.
 * open: requests are refused at once. After a pause the gateway itself probes the subgraph, in the background, so that no
 *   client pays for finding out; the pause doubles with every probe that fails.
 * closed again after a good probe, but on trial: when requests fail though probes succeed (a subgraph that answers for its
 *   health and hangs at its work), the pause goes on doubling until a request has succeeded.
 */
export interface BreakerOptions {
  readonly threshold: number;
  /** Milliseconds before the first probe. */
  readonly pauseMs: number;
  readonly longestPauseMs: number;
  /** Whether the subgraph answers, soon. Never rejects. */
  readonly probe: () => Promise<boolean>;
  readonly onChange?: (state: BreakerState) => void;
}

export type BreakerState = 'closed' | 'open';

/** Permission for one request. What it reports counts only if the breaker has not opened in the meantime. */
export interface Pass {
  succeeded(): void;
  failed(): void;
}

export interface CircuitBreaker {
  readonly state: BreakerState;
  /** A pass, or null when open. */
  enter(): Pass | null;
  stop(): void;
}

export function createCircuitBreaker({ threshold, pauseMs, longestPauseMs, probe, onChange }: BreakerOptions): CircuitBreaker {
  let state: BreakerState = 'closed';
  let stopped = false;
  let failures = 0;
  let pause = pauseMs;
  let onTrial = false;
  let timer: NodeJS.Timeout | undefined;
  // Requests that were under way when it opened run into their deadlines one by one; they must not open it anew.
  let generation = 0;

  const change = (next: BreakerState): void => {
    state = next;
    onChange?.(next);
  };
  const probeLater = (): void => {
    timer = setTimeout(() => { void probe().then(conclude); }, pause);
    timer.unref();
  };
  const conclude = (alive: boolean): void => {
    if (stopped) return;
    if (!alive) {
      pause = Math.min(pause * 2, longestPauseMs);
      probeLater();
      return;
    }
    failures = 0;
    onTrial = true;
    change('closed');
  };
  const open = (): void => {
    generation += 1;
    pause = onTrial ? Math.min(pause * 2, longestPauseMs) : pauseMs;
    change('open');
    probeLater();
  };

  return {
    get state() { return state; },
    enter() {
      if (state === 'open') return null;
      const entered = generation;
      const current = (): boolean => entered === generation && state === 'closed' && !stopped;
      return {
        succeeded() {
          if (!current()) return;
          failures = 0;
          onTrial = false;
        },
        failed() {
          if (!current()) return;
          failures += 1;
          if (failures >= threshold) open();
        },
      };
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
