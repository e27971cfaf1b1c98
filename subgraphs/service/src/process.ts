import { PlatformError } from '@delta/schema/errors';
import { describeError } from './describeError.js';

/** What a service tells its supervisor over IPC. */
export type ProcessReport =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'progress'; readonly task: string; readonly done: number; readonly total: number }
  | { readonly type: 'registered'; readonly count: number };

/** Tells the supervisor, if there is one. */
export function report(message: ProcessReport): void {
  // A supervisor that has just died leaves a channel on which sending fails; `disconnect` then stops us.
  if (process.send && process.connected) process.send(message, undefined, undefined, () => undefined);
}

export interface RunningService {
  /** Where it answers; told to the supervisor as `ready`. */
  readonly url?: string;
  /** Drains and releases everything. */
  close(): Promise<void>;
}

/** Longest wait for `close`, below the time after which a supervisor kills. */
const closeBoundMs = 7_000;

/**
 * Runs a service until SIGTERM, SIGINT or the end of its supervisor, then closes it. A failure to start that the operator can
 * mend (PlatformError, ConfigError) is one line with its remedy and exit code 2; anything else is exit code 1.
 * @param start builds the service; `stopping` aborts when it is asked to stop before it is up
 */
export function runService(start: (stopping: AbortSignal) => Promise<RunningService>): void {
  const stopping = new AbortController();
  const asked = new Promise<void>((resolve) => {
    const stop = (): void => {
      stopping.abort();
      resolve();
    };
    // Kept for good: a second signal (a terminal's and the supervisor's) must not kill us half closed.
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    process.on('disconnect', stop);
  });
  process.on('unhandledRejection', (reason) => { fail(reason, 1); });
  process.on('uncaughtException', (error) => { fail(error, 1); });
  void serve(start, stopping.signal, asked);
}

async function serve(start: (stopping: AbortSignal) => Promise<RunningService>, stopping: AbortSignal, asked: Promise<void>): Promise<void> {
  try {
    const starting = start(stopping);
    // A start that heeds no abort must not hold up the end.
    void asked.then(() => { setTimeout(() => { process.exit(1); }, closeBoundMs).unref(); });
    const service = await starting;
    if (!stopping.aborted && service.url !== undefined) report({ type: 'ready', url: service.url });
    await asked;
    await service.close();
    process.exit(0);
  } catch (error) {
    if (stopping.aborted && isAbort(error)) process.exit(0);
    fail(error, error instanceof PlatformError ? 2 : 1);
  }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

function fail(error: unknown, exitCode: number): never {
  const line = error instanceof PlatformError
    ? `${error.code}: ${error.message} ${String(error.extensions['remedy'] ?? '')}`
    : `INTERNAL: ${JSON.stringify(describeError(error))}`;
  process.stderr.write(`${line.replace(/\s+/g, ' ').trim()}\n`);
  process.exit(exitCode);
}
