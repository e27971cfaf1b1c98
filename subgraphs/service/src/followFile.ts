import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { PlatformError } from '@delta/schema/errors';
import type { Logger } from './log.js';

/** What a file holds now. Gives the value itself while nothing needs to be looked at, so that callers pay nothing for it. */
export type Followed<T> = () => T | Promise<T>;

export interface FollowOptions<T> {
  /** Makes the value from the file's text, or throws. It gets the value so far, if there is one. */
  readonly read: (text: string, before: T | undefined) => T | Promise<T>;
  readonly log?: Logger | undefined;
  /** Shortest time between two looks at the file, in milliseconds. Default 1,000. */
  readonly everyMs?: number;
}

/**
 * Reads a file, and again when it has changed, so that keys and lists are replaced without a restart.
 *  - It is looked at when the value is asked for, at most once in `everyMs`, and by no timer: whoever asks waits for that look,
 *    so that a value that was withdrawn is not used once more after an idle hour.
 *  - A file that is gone or cannot be used changes nothing: the last good value stays, and the log says so once a change.
 * @throws PlatformError CONFIGURATION_INVALID for a file that cannot be read, and what `read` throws; the first time only
 */
export async function followFile<T>(path: string, { read, log, everyMs = 1_000 }: FollowOptions<T>): Promise<Followed<T>> {
  let seen = await versionOf(path);
  const first = await readFile(path, 'utf8').catch(() => { throw new PlatformError('CONFIGURATION_INVALID', { message: `${path} cannot be read.` }); });
  let value = await read(first, undefined);
  let looked = performance.now();
  let looking: Promise<T> | undefined;

  const look = async (): Promise<T> => {
    const version = await versionOf(path);
    if (version !== seen) {
      seen = version;
      try {
        value = await read(await readFile(path, 'utf8'), value);
        log?.info({ file: basename(path) }, 'a changed file is in use');
      } catch (error) {
        log?.error({ file: basename(path), err: error }, 'a changed file cannot be used; what it held before stays in use');
      }
    }
    looked = performance.now();
    looking = undefined;
    return value;
  };
  return () => (looking ?? (performance.now() - looked < everyMs ? value : (looking = look())));
}

/** Tells one content of a file from the next without reading it: replaced files differ by inode, rewritten ones by time. */
async function versionOf(path: string): Promise<string> {
  const info = await stat(path, { bigint: true }).catch(() => null);
  return info ? [info.dev, info.ino, info.size, info.mtimeNs, info.ctimeNs].join() : 'missing';
}
