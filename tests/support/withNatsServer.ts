import { expect, test } from '@jest/globals';
import { natsServerVersion } from './natsServer.js';

/**
 * Tests that need a real broker. Without one on this machine they are left out, which is said aloud, and is a failure where CI is set:
 * there they were meant to run.
 */
export function withNatsServer(what: string, tests: () => void): void {
  if (natsServerVersion() !== undefined) { tests(); return; }
  const why = `there is no nats-server on this machine (Debian: apt-get install nats-server): NOT TESTED over NATS: ${what}`;
  test(why, () => {
    console.warn(why);
    expect(process.env['CI'] ?? '').toBe('');
  });
}
