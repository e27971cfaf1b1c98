import type { ClockReading } from './readClock.js';

export interface StationClock {
  /** A snapshot for one judgement. */
  read(): ClockReading;
  /** The time in an answer that a server signed, seconds. */
  hear(serverTime: number): void;
  /** The `now` of a judgement: time is never before it again. What is kept over restarts is `read().lastSeen`. */
  note(now: number): void;
}

/** Puts a station's readings together. `wall` and `monotonic` give seconds, as Date.now() / 1000 and performance.now() / 1000 do. */
export function createStationClock({ wall, monotonic, lastSeen = 0 }: { readonly wall: () => number; readonly monotonic: () => number; readonly lastSeen?: number }): StationClock {
  let [seen, server]: [number, ClockReading['server']] = [lastSeen, undefined];
  return {
    read: () => ({ wall: wall(), monotonic: monotonic(), lastSeen: seen, ...(server ? { server } : {}) }),
    hear(time) { server = { time, monotonic: monotonic() }; },
    note(now) { seen = Math.max(seen, now); },
  };
}
