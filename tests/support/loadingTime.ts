import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';

const loads = 4;

/**
 * Seconds that node takes to load a large library, the TypeScript compiler of the lock file, while every processor does the
 * same: what a start is measured by, since it consists of loading too and a shared machine's speed changes by the minute.
 */
async function loadingTime(): Promise<number> {
  const started = performance.now();
  await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    for (let i = 0; i < loads; i += 1) {
      const [code] = await once(spawn(process.execPath, ['-e', 'require("typescript")'], { cwd: import.meta.dirname, stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '' } }), 'exit') as [number | null];
      if (code !== 0) throw new Error(`the compiler could not be loaded: exit code ${code}`);
    }
  }));
  return (performance.now() - started) / 1000 / loads;
}

/** @param work gives the seconds that count @returns them, and how many times loading they are, which is measured before and after */
export async function againstLoading(work: () => Promise<number>): Promise<{ readonly seconds: number; readonly times: number }> {
  const before = await loadingTime();
  const seconds = await work();
  return { seconds, times: seconds / ((before + await loadingTime()) / 2) };
}
