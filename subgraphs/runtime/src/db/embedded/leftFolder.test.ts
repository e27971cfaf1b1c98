import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { createClusterPlayground, readValues, until, writeValue, type ClusterPlayground } from '../../../../../tests/support/clusterPlayground.js';
import { launch } from './launch.js';
import { locateBinaries } from './locateBinaries.js';
import { startCluster, type Cluster, type ClusterOptions } from './index.js';
import { exists } from './postmasterFile.js';
import { readyBinaries } from './readyBinaries.js';
import { chooseServerUser } from './serverUser.js';

let playground: ClusterPlayground<ClusterOptions, Cluster>;
beforeEach(async () => { playground = await createClusterPlayground(startCluster); });
afterEach(() => playground.clear());

describe('a data folder that another start left', () => {
  /** The pid file as a killed server leaves it, naming `pid`. */
  const leavePidFile = async (pidFile: string, text: string, pid: number): Promise<void> => {
    await writeFile(pidFile, text.replace(/^\d+/, String(pid)), { mode: 0o600 });
    const user = await chooseServerUser(join(playground.root, 'pg', 'data'));
    if (user) await chown(pidFile, user.uid, user.gid);
  };

  const strangers = {
    'a number that is nobody': () => Promise.resolve({ pid: 4_194_303, end: () => undefined }),
    'a stranger of the same account': async () => {
      const child = spawn('sleep', ['60'], { cwd: '/', ...(await chooseServerUser(join(playground.root, 'pg', 'data'))) });
      await once(child, 'spawn');
      return { pid: child.pid ?? 0, end: () => { child.kill('SIGKILL'); } };
    },
    'a zombie of the same account': async () => {
      // The shell's child ends, and the sleep it became never asks for it.
      const child = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], { cwd: '/', ...(await chooseServerUser(join(playground.root, 'pg', 'data'))), stdio: ['ignore', 'pipe', 'ignore'] });
      const [chunk] = (await once(child.stdout, 'data')) as [Buffer];
      return { pid: Number(chunk.toString()), end: () => { child.kill('SIGKILL'); } };
    },
  };

  test.each(Object.keys(strangers) as (keyof typeof strangers)[])('starts although its postmaster.pid names %s', async (who) => {
    const pidFile = join(playground.root, 'pg', 'data', 'postmaster.pid');
    const first = await playground.start();
    await first.ensureDatabase('kept');
    await writeValue(first.url('kept'), 7);
    const text = await readFile(pidFile, 'utf8');
    await first.stop();
    const stranger = await strangers[who]();
    try {
      await leavePidFile(pidFile, text, stranger.pid);
      const since = Date.now();
      const second = await playground.start();
      expect(Date.now() - since).toBeLessThan(10_000);
      expect(await readValues(second.url('kept'))).toEqual([7]);
    } finally {
      stranger.end();
    }
  });

  test('would not start beside a stranger if PostgreSQL were left to itself', async () => {
    const first = await playground.start();
    const pidFile = join(playground.root, 'pg', 'data', 'postmaster.pid');
    const text = await readFile(pidFile, 'utf8');
    await first.stop();
    const stranger = await strangers['a stranger of the same account']();
    try {
      await leavePidFile(pidFile, text, stranger.pid);
      const user = await chooseServerUser(join(playground.root, 'pg', 'data'));
      const { postgres } = await readyBinaries(await locateBinaries(), user);
      const outcome = await launch(
        { postgres, user, dataFolder: join(playground.root, 'pg', 'data'), logFile: join(playground.root, 'pg', 'postgres.log'), durable: false, answers: () => Promise.resolve(true), log: () => undefined },
        first.port, undefined,
      );
      expect(outcome).toEqual({ outcome: 'held' });
    } finally {
      stranger.end();
    }
  });

  test('is taken over with its server, which is left running while others use it', async () => {
    const first = await playground.start();
    const second = await playground.start();
    expect({ pid: second.pid, port: second.port }).toEqual({ pid: first.pid, port: first.port });
    const other = new pg.Client({ connectionString: first.url('postgres') });
    await other.connect();
    await second.stop();
    expect(exists(first.pid)).toBe(true);
    await other.end();
    const third = await playground.start();
    await third.stop();
    // The first one's watch does not take this for a wish to stop.
    await until(() => exists(first.pid));
  });

  test('is freed from a server that holds it but does not answer', async () => {
    const first = await playground.start();
    await first.ensureDatabase('kept');
    await writeValue(first.url('kept'), 3);
    process.kill(first.pid, 'SIGSTOP');
    const second = await playground.start({ patienceMs: 500 });
    expect(playground.log.join('\n')).toMatch(/runs but does not answer; restarting it/);
    expect(await readValues(second.url('kept'))).toEqual([3]);
  }, 120_000);

  test('is initialised anew when a first start was killed half way', async () => {
    await mkdir(join(playground.root, 'pg', 'data.new-killed'), { recursive: true });
    await writeFile(join(playground.root, 'pg', 'data.new-killed', 'PG_VERSION'), '18');
    const cluster = await playground.start();
    await cluster.ensureDatabase('kept');
    await writeValue(cluster.url('kept'), 1);
    expect(await readValues(cluster.url('kept'))).toEqual([1]);
  });
});
