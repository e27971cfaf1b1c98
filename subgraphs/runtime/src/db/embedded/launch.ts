import { spawn } from 'node:child_process';
import { open, readFile, rename, stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { readPostmasterFile } from './postmasterFile.js';
import { reach } from './reach.js';
import { programOptions, runProgram } from './runProgram.js';
import type { ServerUser } from './serverUser.js';

export interface LaunchSetup {
  readonly postgres: string;
  readonly dataFolder: string;
  readonly logFile: string;
  readonly user: ServerUser | undefined;
  readonly durable: boolean;
  /** Whether this folder's own server answers there; rejects when it answers that our password is wrong. */
  readonly answers: (port: number, pid: number) => Promise<boolean>;
  readonly log: (line: string) => void;
}

export type Launched =
  | { readonly outcome: 'ready'; readonly pid: number; readonly exited: Promise<void> }
  /** Another server, or the last one's remains, holds the data folder. */
  | { readonly outcome: 'held' }
  | { readonly outcome: 'port in use' }
  | { readonly outcome: 'failed'; readonly reason: string };

/**
 * One machine runs a cluster per owner, so each stays small. The log names no statements and no values: they hold
 * people's data. WAL at its minimum because an embedded cluster has no replicas; whoever wants them sets DATABASE_URL.
 */
const settings = (port: number, durable: boolean): string[] => {
  const values: Record<string, string | number> = {
    listen_addresses: '127.0.0.1', port, unix_socket_directories: '',
    max_connections: 200, shared_buffers: '32MB', io_method: 'sync', max_worker_processes: 4, max_parallel_workers: 2,
    wal_level: 'minimal', max_wal_senders: 0, max_wal_size: '512MB', jit: 'off', timezone: 'UTC', log_timezone: 'UTC',
    lc_messages: 'C', log_min_error_statement: 'panic', log_error_verbosity: 'terse', log_parameter_max_length_on_error: 0,
    // As durable as Linux's default, by one call a commit instead of two.
    ...(process.platform === 'linux' ? { wal_sync_method: 'open_datasync' } : {}),
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
};

const largestLog = 8 * 1024 * 1024;

/** Opens the server's log for appending; the last one is kept aside when it has grown too large. */
const openLog = async (file: string): Promise<{ fd: number; from: number; close: () => Promise<void> }> => {
  const before = await stat(file).catch(() => undefined);
  if (before && before.size > largestLog) await rename(file, `${file}.1`);
  const handle = await open(file, 'a', 0o600);
  return { fd: handle.fd, from: (await handle.stat()).size, close: () => handle.close() };
};

let dieWithParent: Promise<boolean> | undefined;
/** util-linux's setpriv can have the server stopped by the kernel when we are killed; others lack it, and then the next start adopts. */
const canDieWithParent = (): Promise<boolean> => (dieWithParent ??= runProgram('setpriv', ['--pdeathsig', 'INT', 'true']).then(({ ok }) => ok));

const classify = (log: string): Launched => {
  if (/lock file "postmaster\.pid" (already exists|is empty)|pre-existing shared memory block/.test(log)) return { outcome: 'held' };
  if (/Address already in use|could not (bind|create any TCP\/IP sockets)/.test(log)) return { outcome: 'port in use' };
  const said = log.split('\n').filter((line) => /FATAL|PANIC|ERROR/.test(line)).at(-1) ?? log.trim().split('\n').at(-1);
  return { outcome: 'failed', reason: said === undefined || said === '' ? 'it left no log' : said };
};

/**
 * Starts a server and waits until it takes connections, however long it recovers.
 *
 * `stranger` is a process known not to be a server of this folder although its postmaster.pid names it: a zombie, or
 * someone who got the number again. PostgreSQL would refuse to start while that process lives. Deleting the file instead
 * would also delete the key to the shared memory by which PostgreSQL notices orphaned backends that still write; told that
 * the number belongs to a grandparent, it ignores the process and keeps that check.
 */
export const launch = async (setup: LaunchSetup, port: number, stranger: number | undefined): Promise<Launched> => {
  const log = await openLog(setup.logFile);
  const reached = await reach(setup.user, setup.dataFolder);
  const server = [setup.postgres, '-D', reached.paths[0] ?? setup.dataFolder, ...settings(port, setup.durable)];
  const [command = '', ...args] = (await canDieWithParent()) ? ['setpriv', '--pdeathsig', 'INT', '--', ...server] : server;
  const options = programOptions(setup.user, stranger === undefined ? {} : { PG_GRANDPARENT_PID: String(stranger) });
  // Detached, so that a Ctrl-C in the terminal reaches us alone and the server stops after we have drained.
  const child = spawn(command, args, { ...options, detached: true, stdio: ['ignore', log.fd, log.fd, ...reached.inherited] });
  let failure: string | undefined;
  let gone = false;
  const exited = new Promise<void>((resolve) => {
    child.once('error', (error) => { failure = error.message; gone = true; resolve(); });
    child.once('exit', () => { gone = true; resolve(); });
  });
  child.unref();
  await Promise.all([log.close(), reached.close()]);

  const isUp = async (): Promise<boolean> => {
    const file = await readPostmasterFile(setup.dataFolder);
    // The file alone proves nothing: in a container that starts anew, the last server had the same number.
    return file !== undefined && file.pid === child.pid && file.status === 'ready' && setup.answers(port, file.pid);
  };
  try {
    for (let round = 1; !gone; round += 1) {
      if (await isUp()) return { outcome: 'ready', pid: child.pid ?? 0, exited };
      if (round === 250) setup.log('the server is taking its time, as it does when it recovers');
      await delay(20);
    }
  } catch (error) {
    child.ref();
    child.kill('SIGINT');
    await exited;
    throw error;
  }
  if (failure !== undefined) return { outcome: 'failed', reason: failure };
  const written = await readFile(setup.logFile);
  return classify(written.subarray(Math.min(log.from, written.length)).toString());
};
