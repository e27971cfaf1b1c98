import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { canEnter, type ServerUser } from './serverUser.js';

/** Paths as a program under the server's account is to be given them, with what it must inherit for that. */
export interface Reach {
  readonly paths: readonly string[];
  /** Goes into the program's `stdio` after the usual three, in this order. */
  readonly inherited: readonly number[];
  /** To be called once the program has started, or ended: it holds its own then. */
  close(): Promise<void>;
}

/**
 * Lets the server's account use its own files below a folder that it may not pass through, such as root's home with mode 0700:
 * we open them, the program inherits them, and reaches them as /proc/self/fd/3 and on, which leads there without the folders
 * between. The data so stays where its owner looks for it, and no folder of anybody's is opened to others.
 */
export const reach = async (user: ServerUser | undefined, ...paths: readonly string[]): Promise<Reach> => {
  const near = !user || (await Promise.all(paths.map((path) => canEnter(dirname(path), user)))).every(Boolean);
  if (near) return { paths, inherited: [], close: () => Promise.resolve() };
  if (process.platform !== 'linux') throw new Error(`the account that runs the server cannot enter ${dirname(paths[0] ?? '/')}`);
  const handles = await Promise.all(paths.map((path) => open(path, 'r')));
  return {
    paths: handles.map((_, index) => `/proc/self/fd/${3 + index}`),
    inherited: handles.map(({ fd }) => fd),
    close: async () => { await Promise.all(handles.map((handle) => handle.close())); },
  };
};
