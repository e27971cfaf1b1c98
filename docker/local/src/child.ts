import { fork, type ChildProcess } from 'node:child_process';
import { openChildLog } from './childLog.js';
import { readChildMessage, type ChildMessage } from './childMessage.js';

export interface ChildSpec {
  readonly name: string;
  /** Absolute path of the module to run. */
  readonly entry: string;
  /** The whole environment of the process. */
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
}

export interface ChildEvents {
  onSpawn(): void;
  onMessage(message: ChildMessage): void;
  /** A warning or error of the child, in one line. */
  onNotice(line: string): void;
  /** It died without being asked to, and is started again in `retryInMs`. */
  onDeath(reason: string, retryInMs: number): void;
}

/** Waits before the first restart and at most; a child that was ready for `steadyMs` starts over with the first. */
export interface RestartPolicy { readonly firstMs: number; readonly longestMs: number; readonly steadyMs: number }
export const restartPolicy: RestartPolicy = { firstMs: 500, longestMs: 30_000, steadyMs: 30_000 };

/** How long a child that is still starting has, once it is asked to stop. */
const startingBoundMs = 2_000;

export interface Child {
  readonly name: string;
  readonly pid: number | null;
  start(): void;
  /** Asks it to stop and waits; after `boundMs`, or 2 s if it was not ready yet, it is killed. */
  stop(boundMs: number): Promise<void>;
  kill(): void;
}

/** One supervised process: restarted when it dies, until it is stopped. */
export function superviseChild(spec: ChildSpec, events: ChildEvents, policy: RestartPolicy = restartPolicy): Child {
  const log = openChildLog(spec.logFile, events.onNotice);
  let running: ChildProcess | null = null;
  let restart: NodeJS.Timeout | null = null;
  let failures = 0;
  let readySince: number | null = null;
  let stopping = false;
  let whenGone: Promise<void> = Promise.resolve();

  function start(): void {
    readySince = null;
    log.forgetComplaint();
    const child = fork(spec.entry, [], {
      // As in docker/Dockerfile, which says why.
      execArgv: [...process.execArgv, '--max-semi-space-size=64'],
      env: spec.env,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A group of its own: Ctrl-C in the terminal reaches the supervisor alone, which then says stop in the right order.
      // If the supervisor dies the IPC channel closes, and services stop on that.
      detached: process.platform !== 'win32',
    });
    running = child;
    if (child.stdout) log.attach(child.stdout);
    if (child.stderr) log.attach(child.stderr);
    child.on('message', (raw) => {
      const message = readChildMessage(raw);
      if (message?.type === 'ready') readySince = Date.now();
      if (message) events.onMessage(message);
    });
    whenGone = new Promise((resolve) => {
      let over = false;
      const end = (reason: string): void => {
        if (over) return;
        over = true;
        running = null;
        child.stdout?.destroy();
        child.stderr?.destroy();
        resolve();
        if (!stopping) startAgain(reason);
      };
      // `close` comes after the last line of output, in which the reason stands; a grandchild that keeps the pipe open must
      // not hold us up.
      child.once('error', (error) => end(error.message));
      child.once('close', (code, signal) => end(reasonOf(code, signal)));
      child.once('exit', (code, signal) => setTimeout(() => end(reasonOf(code, signal)), 250));
    });
    events.onSpawn();
  }

  function startAgain(reason: string): void {
    if (readySince !== null && Date.now() - readySince >= policy.steadyMs) failures = 0;
    const wait = Math.min(policy.longestMs, policy.firstMs * 2 ** failures);
    failures += 1;
    restart = setTimeout(start, wait);
    events.onDeath(reason, wait);
  }

  /** A signal leaves `code` null. Exit code 2 is a service's own refusal, whose last line says all. */
  function reasonOf(code: number | null, signal: NodeJS.Signals | null): string {
    const complaint = log.lastComplaint();
    if (signal) return `ended by ${signal}`;
    if (code === 2 && complaint) return complaint;
    return `exit code ${code}${complaint ? `, ${complaint}` : ''}`;
  }

  return {
    name: spec.name,
    get pid() { return running?.pid ?? null; },
    start,
    async stop(boundMs) {
      stopping = true;
      if (restart) clearTimeout(restart);
      const child = running;
      if (child) {
        // One that is not ready yet answers nobody and is in the middle of transactions that a kill rolls back.
        const bound = setTimeout(() => child.kill('SIGKILL'), readySince === null ? Math.min(boundMs, startingBoundMs) : boundMs);
        child.kill('SIGTERM');
        await whenGone;
        clearTimeout(bound);
      }
      await log.close();
    },
    kill() {
      stopping = true;
      if (restart) clearTimeout(restart);
      running?.kill('SIGKILL');
    },
  };
}
