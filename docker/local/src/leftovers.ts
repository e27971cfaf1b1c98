import { mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processCommand, processMark } from './processMark.js';
import { replaceFile } from './writeFileOnce.js';

/** A process that we started: its id alone may by now be another's, so the start time goes with it. */
interface Started { readonly name: string; readonly pid: number; readonly mark: string | null }

/** One record a run, named like its lock: provinces that run alone beside each other must not end one another's services. */
const record = (home: string, run: string): string => join(home, 'locks', `${run}.children.json`);

/** Notes the running children, so that a start after `kill -9` of everything can find those that are still on their way out. */
export async function noteChildren(home: string, run: string, children: readonly { name: string; pid: number }[]): Promise<void> {
  await mkdir(join(home, 'locks'), { recursive: true, mode: 0o700 });
  await replaceFile(record(home, run), JSON.stringify(children.map(({ name, pid }): Started => ({ name, pid, mark: processMark(pid) }))));
}

export const forgetChildren = (home: string, run: string): Promise<void> => rm(record(home, run), { force: true });

/**
 * Ends what earlier runs, none of which lives any more, left behind on this home: their services first (they stop by themselves when their supervisor is
 * gone, but may still drain), then their database servers. Only processes that are provably ours are signalled.
 * @returns the names of what was still there
 */
export async function endLeftovers(home: string, runs: readonly string[], owners: readonly string[]): Promise<string[]> {
  const children = (await Promise.all(runs.map((run) => readStarted(home, run)))).flat();
  const alive = children.filter(isSame);
  await endAll(alive, 'SIGTERM', 8_000);
  const servers = await endDatabases(home, owners);
  for (const run of runs) await forgetChildren(home, run);
  return [...alive.map(({ name }) => name), ...servers];
}

/** Ends database servers of this home whose service is gone, by a fast shutdown that keeps every committed row. */
export async function endDatabases(home: string, owners: readonly string[]): Promise<string[]> {
  const servers = (await Promise.all(owners.map((owner) => postmasterOf(home, owner)))).filter((server) => server !== null);
  // SIGINT is PostgreSQL's fast shutdown: sessions are ended, the data is checkpointed.
  await endAll(servers, 'SIGINT', 5_000);
  return servers.map(({ name }) => name);
}

async function endAll(processes: readonly Started[], signal: NodeJS.Signals, boundMs: number): Promise<void> {
  for (const each of processes) send(each, signal);
  const deadline = Date.now() + boundMs;
  while (processes.some(isSame)) {
    if (Date.now() > deadline) {
      for (const each of processes) send(each, 'SIGKILL');
      return;
    }
    await sleep(50);
  }
}

function send(target: Started, signal: NodeJS.Signals): void {
  if (!isSame(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const isSame = ({ pid, mark }: Started): boolean => mark !== null && processMark(pid) === mark;

/** PostgreSQL writes its process id and data folder into `postmaster.pid`; both must fit before we believe it. */
async function postmasterOf(home: string, owner: string): Promise<Started | null> {
  const data = await realpath(join(home, owner, 'pg', 'data')).catch(() => null);
  if (data === null) return null;
  const [first = '', folder = ''] = (await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(first);
  if (!Number.isInteger(pid) || pid <= 1 || folder !== data) return null;
  const mark = processMark(pid);
  return mark !== null && /postgres/.test(processCommand(pid)) ? { name: `${owner}'s PostgreSQL`, pid, mark } : null;
}

async function readStarted(home: string, run: string): Promise<Started[]> {
  try {
    return JSON.parse(await readFile(record(home, run), 'utf8')) as Started[];
  } catch {
    return []; // None noted, or the note was cut short: then their ports will say so.
  }
}
