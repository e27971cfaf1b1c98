import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError } from '@delta/schema/errors';
import { halt } from './halt.js';
import { launch, type LaunchSetup } from './launch.js';
import { exists, readPostmasterFile, servesFolder } from './postmasterFile.js';

export interface BringUpSetup extends LaunchSetup {
  readonly pgCtl: string;
  /** How long a server that holds the folder without answering is waited for, in milliseconds. */
  readonly patienceMs: number;
}

export interface Running {
  readonly pid: number;
  readonly port: number;
  /** False for a server that someone else started and we took over. */
  readonly ours: boolean;
  /** Resolves when the server is gone. */
  readonly exited: Promise<void>;
}

/** For what holds the folder without being a server we see: backends that outlive theirs, or a start of someone else's. */
const patienceWhenHeld = 30_000;
/** A server in recovery makes progress that a restart would only lose. */
const patienceWithRecovery = 120_000;

/** Someone else's child gives no exit event. */
const watchPid = async (pid: number, dataFolder: string): Promise<void> => {
  while (await servesFolder(pid, dataFolder)) await delay(500, undefined, { ref: false });
};

/**
 * A server for the data folder, whatever state the folder was left in:
 * - a server that is alive and answers is adopted;
 * - one that is starting, recovering or stopping is waited for;
 * - one that claims to be ready but does not answer for `patienceMs` is stopped and started anew;
 * - a postmaster.pid left by a killed server, or naming a zombie or a stranger, is no obstacle;
 * - backends that outlive a killed server are waited for.
 *
 * Throws PORT_IN_USE when another program holds the port, DATABASE_UNREACHABLE when the server does not come up.
 */
export const bringUp = async (setup: BringUpSetup, port: number): Promise<Running> => {
  const { dataFolder, patienceMs } = setup;
  for (let since = Date.now(); ; await delay(100)) {
    const waited = Date.now() - since;
    const found = await readPostmasterFile(dataFolder);
    if (found && (await servesFolder(found.pid, dataFolder))) {
      if (found.status === 'ready' && (await setup.answers(found.port, found.pid))) {
        return { pid: found.pid, port: found.port, ours: false, exited: watchPid(found.pid, dataFolder) };
      }
      if (waited < (found.status === 'starting' ? Math.max(patienceWithRecovery, patienceMs) : patienceMs)) continue;
      setup.log(`server ${found.pid} runs but does not answer; restarting it`);
      await halt(found.pid, dataFolder, setup.pgCtl, () => servesFolder(found.pid, dataFolder));
      since = Date.now();
      continue;
    }
    const launched = await launch(setup, port, found && exists(found.pid) ? found.pid : undefined);
    if (launched.outcome === 'ready') return { pid: launched.pid, port, ours: true, exited: launched.exited };
    if (launched.outcome === 'port in use') throw new PlatformError('PORT_IN_USE', { message: `Port ${port} is taken by another process.`, port });
    if (launched.outcome === 'failed' || waited > patienceWhenHeld) {
      const reason = launched.outcome === 'failed' ? launched.reason : 'another server holds its data folder';
      throw new PlatformError('DATABASE_UNREACHABLE', { message: `The embedded PostgreSQL did not start: ${reason}` });
    }
  }
};
