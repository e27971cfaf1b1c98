import { lstat, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClusterPlayground, readValues, until, writeValue, type ClusterPlayground } from '../../../../../tests/support/clusterPlayground.js';
import { startClusterOwner } from '../../../../../tests/support/startClusterOwner.js';
import { startCluster, type Cluster, type ClusterOptions } from './index.js';
import { exists, servesFolder } from './postmasterFile.js';

let playground: ClusterPlayground<ClusterOptions, Cluster>;
beforeEach(async () => { playground = await createClusterPlayground(startCluster); });
afterEach(() => playground.clear());

const rootOnly = process.getuid?.() === 0 ? test : test.skip;

describe('the process that owns a cluster', () => {
  test('takes its server with it when it is killed, where the kernel can be told to', async () => {
    const owner = await startClusterOwner(join(playground.root, 'pg'));
    await writeValue(owner.url, 1);
    await owner.kill();
    const next = await playground.start();
    expect(await readValues(next.url('kept'))).toEqual([1]);
    if (process.platform === 'linux') expect(next.pid).not.toBe(owner.pid);
  });

  test('leaves its server behind when it is killed elsewhere, and the next start takes that over and stops it', async () => {
    const owner = await startClusterOwner(join(playground.root, 'pg'), { PATH: '/nowhere' });
    await writeValue(owner.url, 1);
    await owner.kill();
    await delay(500);
    expect(exists(owner.pid)).toBe(true);
    const next = await playground.start();
    expect(next.pid).toBe(owner.pid);
    expect(await readValues(next.url('kept'))).toEqual([1]);
    await next.stop();
    expect(await servesFolder(owner.pid, join(playground.root, 'pg', 'data'))).toBe(false);
  });

  test('recovers after both it and its server are killed at once', async () => {
    const owner = await startClusterOwner(join(playground.root, 'pg'));
    await writeValue(owner.url, 5);
    process.kill(owner.process.pid ?? 0, 'SIGSTOP');
    process.kill(owner.pid, 'SIGKILL');
    await owner.kill();
    const next = await playground.start();
    expect(next.pid).not.toBe(owner.pid);
    expect(await readValues(next.url('kept'))).toEqual([5]);
  });

  test('ends with code 0 and its server when it is told to stop', async () => {
    const owner = await startClusterOwner(join(playground.root, 'pg'));
    expect(await owner.end()).toBe(0);
    expect(exists(owner.pid)).toBe(false);
  });

  test('may be several that start for the first time at once: one cluster comes of it', async () => {
    const owners = await Promise.all([1, 2, 3].map(() => startClusterOwner(join(playground.root, 'pg'))));
    try {
      expect(new Set(owners.map(({ url }) => url)).size).toBe(1);
      expect(new Set(owners.map(({ pid }) => pid)).size).toBe(1);
    } finally {
      await Promise.all(owners.map((owner) => owner.kill()));
    }
  });

  test('may run under umask 077', async () => {
    const owner = await startClusterOwner(join(playground.root, 'deep', 'down', 'pg'), { TEST_UMASK: '077' });
    await writeValue(owner.url, 1);
    expect(await readValues(owner.url)).toEqual([1]);
    expect(await owner.end()).toBe(0);
  });

  rootOnly('may live in a home folder that others cannot enter, and its data stays there', async () => {
    const home = join(playground.root, 'home');
    await mkdir(home, { mode: 0o700 });
    const directory = join(home, 'pg');
    const first = await playground.start({ directory });
    await first.ensureDatabase('kept');
    await writeValue(first.url('kept'), 1);
    const { pid } = first;
    process.kill(pid, 'SIGKILL');
    await until(() => first.pid !== pid);
    await writeValue(first.url('kept'), 2);
    expect((await playground.start({ directory })).pid).toBe(first.pid);
    await first.stop();
    const second = await playground.start({ directory });
    expect(await readValues(second.url('kept'))).toEqual([1, 2]);
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    expect((await lstat(join(directory, 'data'))).isDirectory()).toBe(true);
  });
});
