import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * A mark that tells one run of a process id from another (its start time), or null when no such process lives. A zombie
 * counts as gone: it holds no port and no file any more. Process ids are reused, so an id alone must never be signalled.
 */
export function processMark(pid: number): string | null {
  if (process.platform !== 'linux') return markByPs(pid);
  try {
    // The command in parentheses may hold spaces and parentheses itself; the fields start after the last one.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : fields[19]!;
  } catch {
    return null;
  }
}

/** The command line of a live process, or '' when it cannot be read. */
export function processCommand(pid: number): string {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return ps(pid, 'command=');
  } catch {
    return '';
  }
}

function markByPs(pid: number): string | null {
  try {
    const [state, ...started] = ps(pid, 'state=,lstart=').split(/\s+/);
    return !state || state.startsWith('Z') ? null : started.join(' ');
  } catch {
    return null;
  }
}

const ps = (pid: number, format: string): string => execFileSync('ps', ['-o', format, '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
