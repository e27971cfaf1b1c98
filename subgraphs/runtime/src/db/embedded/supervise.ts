import { setTimeout as delay } from 'node:timers/promises';
import { errorMessage } from '../errorCode.js';
import { halt } from './halt.js';
import { servesFolder } from './postmasterFile.js';
import type { Running } from './bringUp.js';

export interface Supervision {
  readonly current: () => Running;
  /** Ends the watch and stops the server. */
  readonly stop: () => Promise<void>;
}

export interface SupervisionSetup {
  readonly dataFolder: string;
  readonly pgCtl: string;
  readonly log: (line: string) => void;
  readonly bringUp: (port: number) => Promise<Running>;
  /** Whether others still need a server that we only took over. */
  readonly spare: (running: Running) => Promise<boolean>;
}

const firstPause = 100;
const longestPause = 10_000;
/** After this long without a fall, the next one is news again. */
const steadyAfter = 60_000;

/**
 * Keeps a server up: one that dies while we run is started again on its port, as often as it takes, with pauses that
 * double up to ten seconds. Its connections are lost; pools make new ones.
 */
export const supervise = (first: Running, { dataFolder, pgCtl, log, bringUp, spare }: SupervisionSetup): Supervision => {
  let running: Running | undefined = first;
  let last = first;
  let stopped: Promise<void> | undefined;
  const stopping = new AbortController();
  const told = new Promise<void>((resolve) => { stopping.signal.addEventListener('abort', () => { resolve(); }, { once: true }); });

  const keepUp = async (): Promise<void> => {
    let pause = firstPause;
    while (!stopping.signal.aborted) {
      const since = Date.now();
      if (running) {
        await Promise.race([running.exited, told]);
        if (stopping.signal.aborted) return;
        running = undefined;
        if (Date.now() - since > steadyAfter) pause = firstPause;
        log(`server ${last.pid} is gone; starting it again`);
      }
      await delay(pause, undefined, { ref: false, signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      pause = Math.min(pause * 2, longestPause);
      try {
        last = running = await bringUp(last.port);
        log(`server ${last.pid} is up again on port ${last.port}`);
      } catch (error) {
        log(`the server did not start again: ${errorMessage(error)}`);
      }
    }
  };

  const watch = keepUp();

  const stopOnce = async (): Promise<void> => {
    stopping.abort();
    // A start that is under way comes up first.
    await watch;
    if (!running || (!running.ours && (await spare(running)))) return;
    const { pid } = running;
    await halt(pid, dataFolder, pgCtl, () => servesFolder(pid, dataFolder));
  };

  return { current: () => last, stop: () => (stopped ??= stopOnce()) };
};
