import { clockTolerance } from '../limits.js';
import { refuse } from '../refusals/passRefusal.js';

/** What a station knows of the time. Seconds; `monotonic` counts from anywhere and is never set back while the station runs. */
export interface ClockReading {
  readonly wall: number;
  readonly monotonic: number;
  /** The last time that a server signed, and the monotonic reading at which it came. Lost with a restart. */
  readonly server?: { readonly time: number; readonly monotonic: number };
  /** The latest time that this station ever worked at. Kept over restarts. */
  readonly lastSeen?: number;
}

/**
 * The station's time in whole seconds. With a server's word in this run: that and what has passed since, and the wall clock must
 * agree to 90 seconds. Without: the wall clock, which must not lie before the last time seen.
 */
export function readClock({ wall, monotonic, server, lastSeen = 0 }: ClockReading): number {
  const now = Math.floor(server ? server.time + (monotonic - server.monotonic) : wall);
  const off = server ? Math.abs(wall - now) > clockTolerance || monotonic < server.monotonic || now < lastSeen - clockTolerance : now < lastSeen;
  return off || !Number.isSafeInteger(now) || now < 0 ? refuse('STATION_CLOCK', 'station') : now;
}
