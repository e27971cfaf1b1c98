import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processMark } from './processMark.js';
import { Refusal } from './refusal.js';

/** Who holds a lock: the process, told apart from a later one with the same id by its start time. */
export interface LockHolder { readonly pid: number; readonly mark: string | null }

export interface Lock { release(): Promise<void> }

/** The whole zone's lock, and the name of a province's that runs alone. */
export const zoneLock = 'zone';
const directory = (home: string): string => join(home, 'locks');
const lockFile = (home: string, name: string): string => join(directory(home), `${name}.lock`);

/**
 * Takes the lock `name` on this home, so that two starts cannot share databases and logs. The zone's lock excludes those of
 * single provinces and the other way round; different provinces may run alone beside each other. A lock whose process is
 * gone (kill -9, power loss) is taken over.
 * @throws Refusal naming the process that holds it
 */
export async function takeLock(home: string, name: string): Promise<Lock> {
  await mkdir(directory(home), { recursive: true, mode: 0o700 });
  const file = lockFile(home, name);
  const draft = `${file}.${randomUUID()}`;
  const mine: LockHolder = { pid: process.pid, mark: processMark(process.pid) };
  await writeFile(draft, JSON.stringify(mine), { mode: 0o600 });
  try {
    await place(draft, file, home);
  } finally {
    await rm(draft, { force: true });
  }
  const release = (): Promise<void> => rm(file, { force: true });
  // Ours is placed before we look at the others: of two that do so at once both may step back, but never both go on.
  for (const [other, holder] of await liveLocks(home)) {
    if (other === name || (name !== zoneLock && other !== zoneLock)) continue;
    await release();
    throw held(home, holder);
  }
  return { release };
}

/** The locks on this home whose processes live, by name. */
export async function liveLocks(home: string): Promise<Map<string, LockHolder>> {
  const names = (await readdir(directory(home)).catch(() => [])).filter((file) => file.endsWith('.lock'));
  const locks = new Map<string, LockHolder>();
  for (const file of names) {
    const holder = await readHolder(join(directory(home), file));
    if (holder && lives(holder)) locks.set(file.slice(0, -'.lock'.length), holder);
  }
  return locks;
}

export const held = (home: string, { pid }: LockHolder): Refusal =>
  new Refusal(`A zone runs on ${home} already (process ${pid}).`, `Stop it with Ctrl-C or \`kill ${pid}\`, or set DELTA_HOME to another folder and other ports.`);

/**
 * `link` makes the lock appear with its content or not at all. To replace a stale one takes two steps (look, replace), which
 * two processes could interleave; the guard file lets one at a time do that.
 */
async function place(draft: string, file: string, home: string): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    if (await linked(draft, file)) return;
    const guard = `${file}.takeover`;
    if (!(await linked(draft, guard))) {
      // A guard is held for milliseconds; one that is seconds old belongs to a process that was killed inside.
      const age = await stat(guard).then(({ ctimeMs }) => Date.now() - ctimeMs, () => 0);
      if (age > 5_000) await rm(guard, { force: true });
      await sleep(50);
      continue;
    }
    try {
      const holder = await readHolder(file);
      if (holder && lives(holder)) throw held(home, holder);
      await rm(file, { force: true });
    } finally {
      await rm(guard, { force: true });
    }
  }
  throw new Refusal(`The lock ${file} cannot be taken.`, 'Delete that file if nothing runs on this home.');
}

const linked = (from: string, to: string): Promise<boolean> => link(from, to).then(() => true, (error: NodeJS.ErrnoException) => {
  if (error.code === 'EEXIST') return false;
  throw error;
});

async function readHolder(file: string): Promise<LockHolder | null> {
  try {
    const { pid, mark } = JSON.parse(await readFile(file, 'utf8')) as LockHolder;
    return Number.isInteger(pid) && pid > 0 ? { pid, mark } : null;
  } catch {
    return null; // Gone, or not one of ours: nobody holds it.
  }
}

const lives = ({ pid, mark }: LockHolder): boolean => {
  const now = processMark(pid);
  return now !== null && now === mark;
};
