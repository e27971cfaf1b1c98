import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode } from '../errorCode.js';
import { runProgram } from './runProgram.js';

/** What a running server writes into its data folder. It outlives a server that is killed. */
export interface PostmasterFile {
  readonly pid: number;
  readonly port: number;
  /** 'starting' | 'ready' | 'stopping' | 'standby', or '' while the file is being written. */
  readonly status: string;
}

export const readPostmasterFile = async (dataFolder: string): Promise<PostmasterFile | undefined> => {
  const text = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => undefined);
  const lines = text?.split('\n');
  const pid = Number(lines?.[0]);
  if (!lines || !Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]), status: lines[7]?.trim() ?? '' };
};

/** Whether the operating system knows the process at all; a zombie counts. */
export const exists = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
};

/**
 * Whether the process is a server at work in this data folder, rather than a zombie or a stranger that was given
 * the number again. A server's working folder is its data folder, which /proc shows; elsewhere its command line says it.
 */
export const servesFolder = async (pid: number, dataFolder: string): Promise<boolean> => {
  if (!exists(pid)) return false;
  if (process.platform === 'linux') {
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined);
    if (folder === dataFolder) return true;
    // A server that has only just started has not gone to its folder yet, but carries its path.
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return command.split('\0').includes(dataFolder);
  }
  if (process.platform === 'win32') return true;
  const { ok, output } = await runProgram('ps', ['-o', 'stat=,command=', '-p', String(pid)]);
  return ok && !output.startsWith('Z') && output.includes(dataFolder);
};
