import { setTimeout as delay } from 'node:timers/promises';
import { exists } from './postmasterFile.js';
import { runProgram } from './runProgram.js';

/** `servesFolder` of the moment, so that a number given to someone else in between is never signalled. */
type StillServes = () => Promise<boolean>;

const steps = [
  { signal: 'SIGINT', patience: 10_000 },
  { signal: 'SIGQUIT', patience: 3_000 },
  { signal: 'SIGKILL', patience: 5_000 },
] as const;

/**
 * Stops a server: fast shutdown (open transactions roll back, a checkpoint is written), then immediate, then by force;
 * after the last two the next start recovers from the log.
 */
export const halt = async (pid: number, dataFolder: string, pgCtl: string, stillServes: StillServes): Promise<void> => {
  if (process.platform === 'win32') {
    await runProgram(pgCtl, ['stop', '-D', dataFolder, '-m', 'fast', '-w']);
    return;
  }
  for (const { signal, patience } of steps) {
    if (!(await stillServes())) return;
    try {
      process.kill(pid, signal);
      // One that was suspended would never hear it.
      process.kill(pid, 'SIGCONT');
    } catch {
      return;
    }
    for (const until = Date.now() + patience; Date.now() < until; await delay(20)) {
      if (!exists(pid) || !(await stillServes())) return;
    }
  }
};
