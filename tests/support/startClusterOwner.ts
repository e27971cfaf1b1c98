import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export interface ClusterOwner {
  readonly process: ChildProcess;
  readonly pid: number;
  readonly port: number;
  readonly url: string;
  kill(): Promise<void>;
  /** Asks it to stop, and gives its exit code. */
  end(): Promise<number | null>;
}

/** Starts a process that owns the cluster in `directory` (see clusterOwner.js). */
export const startClusterOwner = async (directory: string, env: Readonly<Record<string, string>> = {}): Promise<ClusterOwner> => {
  const child = spawn(process.execPath, ['--import', here('typescript.js'), here('clusterOwner.js'), directory], {
    env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  const [line] = (await Promise.race([once(lines, 'line'), once(child, 'exit').then(() => ['{}'])])) as [string];
  const { pid, port, url } = JSON.parse(line) as Partial<ClusterOwner>;
  if (pid === undefined || port === undefined || url === undefined) throw new Error('the owner of the cluster did not start');
  const ended = once(child, 'exit') as Promise<[number | null]>;
  return {
    process: child, pid, port, url,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    end: async () => {
      child.kill('SIGTERM');
      return (await ended)[0];
    },
  };
};
