import { build, LocalZone } from '../e2e/localZone.js';
import { againstLoading } from '../support/loadingTime.js';
import { median } from './statistics.js';

/** How long `npm start` takes on a home that has its data, in seconds and in times of loading a large library. */
export interface StartOptions { readonly rounds: number }

/** Of a start, in times of loading that library: 8 s where loading takes 0.4 s. */
export const startBound = 20;

export async function benchStart({ rounds }: StartOptions, say: (line: string) => void = (line) => process.stdout.write(`${line}\n`)): Promise<boolean> {
  await build();
  const zone = await LocalZone.prepare();
  try {
    say(`first start, with the data of every province: ${(await zone.start()).toFixed(1)} s`);
    await zone.stop();
    const [seconds, ratios]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      const start = await againstLoading(async () => {
        const took = await zone.start();
        await zone.stop();
        return took;
      });
      seconds.push(start.seconds);
      ratios.push(start.times);
      process.stderr.write(`start ${round + 1} of ${rounds}: ${start.seconds.toFixed(1)} s, ${start.times.toFixed(1)} times loading\n`);
    }
    say(`later starts: median ${median(seconds).toFixed(1)} s (${Math.min(...seconds).toFixed(1)} to ${Math.max(...seconds).toFixed(1)}); ${median(ratios).toFixed(1)} times loading (${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)}), at most ${startBound}`);
    return median(ratios) <= startBound;
  } finally {
    await zone.remove();
  }
}
