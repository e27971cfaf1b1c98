import { watch, type FSWatcher } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { PlatformError } from '@delta/schema/errors';
import type { Logger } from '@delta/service/log';
import { supergraphId, type LoadedSupergraph } from './loadSupergraph.js';

/**
 * Where the supergraph comes from: a file that someone composed, never the subgraphs themselves.
 *  - At the start the file is loaded; if that fails, the last good one that was kept on disk.
 *  - The file is watched. A change is read once it has settled, loaded beside the one in use, and takes over in one step.
 *  - A file that does not load changes nothing and is logged as SUPERGRAPH_INVALID.
 *  - A supergraph that loaded is kept on disk, written whole under another name first.
 */
export interface SupergraphSourceOptions {
  readonly file: string;
  readonly cacheFile: string;
  readonly load: (sdl: string) => Promise<LoadedSupergraph>;
  readonly onLoaded: (outcome: 'loaded' | 'refused') => void;
  readonly log: Logger;
  /** Wait for a change to settle, in milliseconds. Default 100. */
  readonly settleMs?: number;
  /** Some file systems report no changes, so the file is also read this often, in milliseconds. Default 5,000. */
  readonly pollMs?: number;
}

export interface SupergraphSource {
  readonly first: LoadedSupergraph;
  /** Watches from now on and hands over every later supergraph. */
  follow(takeOver: (next: LoadedSupergraph) => void): void;
  stop(): void;
}

/** @throws PlatformError SUPERGRAPH_INVALID when neither the file nor the last good one loads */
export async function openSupergraphSource({ file, cacheFile, load, onLoaded, log, settleMs = 100, pollMs = 5_000 }: SupergraphSourceOptions): Promise<SupergraphSource> {
  let seen = '';
  let busy = false;
  let stopped = false;
  let settling: NodeJS.Timeout | undefined;
  let polling: NodeJS.Timeout | undefined;
  let watcher: FSWatcher | undefined;

  const attempt = async (sdl: string, path: string): Promise<LoadedSupergraph | null> => {
    try {
      const loaded = await load(sdl);
      onLoaded('loaded');
      return loaded;
    } catch (error) {
      onLoaded('refused');
      log.error({ code: 'SUPERGRAPH_INVALID', file: basename(path), err: error }, 'a supergraph was refused; the last good one stays in use');
      return null;
    }
  };

  const firstText = await readFile(file, 'utf8').catch(() => '');
  seen = supergraphId(firstText);
  let first = await attempt(firstText, file);
  if (first) {
    await keep(first.sdl, cacheFile, log);
  } else {
    const kept = await readFile(cacheFile, 'utf8').catch(() => null);
    first = kept === null ? null : await attempt(kept, cacheFile);
    if (!first) throw new PlatformError('SUPERGRAPH_INVALID', { message: `The supergraph file ${file} does not load, and no good one is kept in ${cacheFile}.` });
  }
  let currentId = first.id;

  const check = async (takeOver: (next: LoadedSupergraph) => void): Promise<void> => {
    if (busy || stopped) return;
    busy = true;
    try {
      for (;;) {
        const sdl = await readFile(file, 'utf8').catch(() => null);
        // A file that is being replaced may be gone for a moment.
        if (sdl === null || stopped || supergraphId(sdl) === seen) return;
        seen = supergraphId(sdl);
        if (seen === currentId) continue;
        const next = await attempt(sdl, file);
        if (!next || stopped) continue;
        takeOver(next);
        currentId = next.id;
        log.info({ supergraph: next.id.slice(0, 12) }, 'a new supergraph is in use');
        await keep(sdl, cacheFile, log);
      }
    } finally {
      busy = false;
    }
  };

  return {
    first,
    follow(takeOver) {
      const soon = (): void => {
        clearTimeout(settling);
        settling = setTimeout(() => { void check(takeOver); }, settleMs);
      };
      try {
        // The folder, not the file: editors and mounted volumes replace the file, and a watch on it would stay with the old one.
        watcher = watch(dirname(file), { persistent: false }, soon);
        watcher.on('error', () => { log.warn('the supergraph file cannot be watched and is read at intervals'); });
      } catch {
        log.warn('the supergraph file cannot be watched and is read at intervals');
      }
      polling = setInterval(soon, pollMs).unref();
    },
    stop() {
      stopped = true;
      clearTimeout(settling);
      clearInterval(polling);
      watcher?.close();
    },
  };
}

/** Keeps a good supergraph. A disk that refuses must not stop the gateway. */
async function keep(sdl: string, cacheFile: string, log: Logger): Promise<void> {
  const draft = `${cacheFile}.${process.pid}.new`;
  try {
    if ((await readFile(cacheFile, 'utf8').catch(() => null)) === sdl) return;
    await mkdir(dirname(cacheFile), { recursive: true });
    await writeFile(draft, sdl);
    await rename(draft, cacheFile);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    log.warn({ err: error }, 'the supergraph in use cannot be kept on disk');
  }
}
