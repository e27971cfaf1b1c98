import { spawn } from 'node:child_process';
import type { ServerUser } from './serverUser.js';

/**
 * What a PostgreSQL program gets to see of our environment: nothing named PG*, which would redirect it, and no secrets.
 * The working folder is `/`, because the server's user may not be allowed into ours.
 */
export const programOptions = (user: ServerUser | undefined, extra: Readonly<Record<string, string>> = {}) => {
  const env: Record<string, string> = { TZ: 'UTC', ...extra };
  for (const name of ['PATH', 'SystemRoot', 'TEMP', 'TMP', 'TMPDIR']) {
    const value = process.env[name];
    if (value !== undefined) env[name] = value;
  }
  return { cwd: '/', env, windowsHide: true, ...(user ? { uid: user.uid, gid: user.gid } : {}) } as const;
};

export interface Outcome {
  readonly ok: boolean;
  /** Both output streams; the reason when the program could not be started at all. */
  readonly output: string;
}

/** Runs a program to its end. Never rejects: a program that cannot be started is an outcome too. */
export const runProgram = (command: string, args: readonly string[], user?: ServerUser, inherited: readonly number[] = []): Promise<Outcome> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { ...programOptions(user), stdio: ['ignore', 'pipe', 'pipe', ...inherited] });
    let output = '';
    const collect = (chunk: Buffer): void => {
      output += chunk.toString();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.on('error', (error) => { resolve({ ok: false, output: error.message }); });
    child.on('close', (code) => { resolve({ ok: code === 0, output: output.trim() }); });
  });
