import { generateKeyPairSync, sign } from 'node:crypto';

/** What an Ed25519 signature took, in microseconds, on the quiet machine where a second start of the zone took 7.1 to 8.0 s. */
const referenceUs = 53;

/**
 * How many times slower than that machine this one is at the moment, at least 1: shared machines were seen to fall to little more than half
 * of their speed for a quarter of an hour. Seconds that are asked of the program are so many more meanwhile.
 */
export function slowness(): number {
  const { privateKey } = generateKeyPairSync('ed25519');
  const message = Buffer.alloc(600);
  const rounds = Array.from({ length: 9 }, () => {
    const started = performance.now();
    for (let i = 0; i < 500; i += 1) sign(null, message, privateKey);
    return (performance.now() - started) * 2;
  }).sort((a, b) => a - b);
  return Math.max(1, rounds[4]! / referenceUs);
}
