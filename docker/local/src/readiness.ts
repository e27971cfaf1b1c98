/** When the whole is ready: all that was asked to run answers, and the provinces' members stand in the directory. */
export interface Readiness {
  readonly expected: readonly string[];
  /** Those that also have to report that their members are registered. */
  readonly registering: readonly string[];
}

/** What became of one service so far. */
interface State { ready: boolean; registered: boolean; failures: number }

/** A service that failed this often before it was ever ready is announced as missing, so that one does not hold up all. */
const patience = 3;

export type ReadinessNews =
  | { readonly kind: 'nothing' }
  /** Said once; `missing` are those that the whole starts without. */
  | { readonly kind: 'ready'; readonly missing: readonly string[] }
  /** A service that was missing or had died answers (again). */
  | { readonly kind: 'back'; readonly name: string };

/** Follows the services' messages. Pure: it says what there is to announce, and the caller announces it. */
export function trackReadiness({ expected, registering }: Readiness) {
  const states = new Map(expected.map((name): [string, State] => [name, { ready: false, registered: !registering.includes(name), failures: 0 }]));
  const whole = (state: State): boolean => state.ready && state.registered;
  let announced = false;

  function news(): ReadinessNews {
    if (announced) return { kind: 'nothing' };
    const missing = [...states].filter(([, state]) => !whole(state));
    if (missing.some(([, { failures }]) => failures < patience)) return { kind: 'nothing' };
    announced = true;
    return { kind: 'ready', missing: missing.map(([name]) => name) };
  }

  return {
    ready(name: string): ReadinessNews {
      const state = states.get(name);
      if (!state || state.ready) return { kind: 'nothing' };
      state.ready = true;
      return announced ? { kind: 'back', name } : news();
    },
    registered(name: string): ReadinessNews {
      const state = states.get(name);
      if (state) state.registered = true;
      return news();
    },
    died(name: string): ReadinessNews {
      const state = states.get(name);
      if (state) Object.assign(state, { ready: false, failures: state.failures + 1 });
      return news();
    },
  };
}
