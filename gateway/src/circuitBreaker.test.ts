import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createCircuitBreaker, type BreakerState } from './circuitBreaker.js';

beforeEach(() => { jest.useFakeTimers(); });
afterEach(() => { jest.useRealTimers(); });

function breaker(threshold = 1) {
  let alive = false;
  let probes = 0;
  const states: BreakerState[] = [];
  const created = createCircuitBreaker({ threshold, pauseMs: 100, longestPauseMs: 400, onChange: (state) => states.push(state), probe: async () => { probes += 1; return alive; } });
  return { breaker: created, states, revive: () => { alive = true; }, kill: () => { alive = false; }, get probes() { return probes; } };
}

test('opens at the threshold of failures in a row, which a success interrupts', () => {
  const { breaker: guard } = breaker(2);
  guard.enter()!.failed();
  guard.enter()!.succeeded();
  guard.enter()!.failed();
  expect(guard.state).toBe('closed');
  guard.enter()!.failed();
  expect([guard.state, guard.enter()]).toEqual(['open', null]);
});

test('probes in the background, at longer and longer intervals up to a bound, until one succeeds', async () => {
  const it = breaker();
  it.breaker.enter()!.failed();
  for (const [after, probes] of [[99, 0], [1, 1], [200, 2], [400, 3], [399, 3], [1, 4]] as const) {
    await jest.advanceTimersByTimeAsync(after);
    expect(it.probes).toBe(probes);
  }
  it.revive();
  await jest.advanceTimersByTimeAsync(400);
  expect([it.breaker.state, it.states]).toEqual(['closed', ['open', 'closed']]);
});

test('late failures of requests that began before it opened do not open it again', async () => {
  const it = breaker();
  const [first, second] = [it.breaker.enter()!, it.breaker.enter()!];
  first.failed();
  it.revive();
  await jest.advanceTimersByTimeAsync(100);
  second.failed();
  expect(it.breaker.state).toBe('closed');
});

test('waits longer each time when probes succeed and requests fail, and starts over once a request succeeds', async () => {
  const it = breaker();
  it.revive();
  for (const pause of [100, 200, 400, 400]) {
    it.breaker.enter()!.failed();
    await jest.advanceTimersByTimeAsync(pause - 1);
    expect(it.breaker.state).toBe('open');
    await jest.advanceTimersByTimeAsync(1);
    expect(it.breaker.state).toBe('closed');
  }
  it.breaker.enter()!.succeeded();
  it.breaker.enter()!.failed();
  await jest.advanceTimersByTimeAsync(100);
  expect(it.breaker.state).toBe('closed');
});
