import { once } from 'node:events';
import { rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClusterPlayground, readValues, until, writeValue, type ClusterPlayground } from '../../../../../tests/support/clusterPlayground.js';
import { askServer } from './askServer.js';
import { startCluster, type Cluster, type ClusterOptions } from './index.js';
import { exists } from './postmasterFile.js';

let playground: ClusterPlayground<ClusterOptions, Cluster>;
beforeEach(async () => { playground = await createClusterPlayground(startCluster); });
afterEach(() => playground.clear());

describe('a cluster', () => {
  test('keeps its data from one start to the next, under a new port', async () => {
    const first = await playground.start();
    await first.ensureDatabase('kept');
    await first.ensureDatabase('kept');
    await writeValue(first.url('kept'), 1);
    await first.stop();
    expect(exists(first.pid)).toBe(false);
    const second = await playground.start();
    expect(await readValues(second.url('kept'))).toEqual([1]);
  });

  test('speaks UTF8, and knows Chinese letters', async () => {
    const cluster = await playground.start();
    const [row] = await askServer(cluster.url('postgres'), async (client) =>
      (await client.query<{ encoding: string; word: boolean; fsync: string }>(
        `select current_setting('server_encoding') as encoding, '青浦' ~ '^\\w+$' as word, current_setting('fsync') as fsync`,
      )).rows);
    expect(row).toEqual({ encoding: 'UTF8', word: true, fsync: 'off' });
  });

  test('writes through to the disk unless told otherwise', async () => {
    const cluster = await playground.start({ directory: join(playground.root, 'durable'), durable: true });
    const rows = await askServer(cluster.url('postgres'), async (client) => (await client.query('show fsync')).rows as unknown);
    expect(rows).toEqual([{ fsync: 'on' }]);
  });

  test('lets nobody in without the password', async () => {
    const cluster = await playground.start();
    const url = new URL(cluster.url('postgres'));
    url.password = 'wrong';
    await expect(askServer(url.href, () => Promise.resolve())).rejects.toMatchObject({ code: '28P01' });
    expect((await stat(join(playground.root, 'pg', 'password'))).mode & 0o777).toBe(0o600);
  });

  test('gives a database a role of its own to serve it, whatever became of its password', async () => {
    const cluster = await playground.start();
    await cluster.ensureDatabase('kept');
    const [url = '', same] = await Promise.all([cluster.serviceUrl('kept'), cluster.serviceUrl('kept')]);
    expect(same).toBe(url);
    const who = (at: string): Promise<unknown> => askServer(at, async (client) =>
      (await client.query('select current_user as name, rolsuper, rolcreaterole, rolcreatedb from pg_roles where rolname = current_user')).rows as unknown);
    expect(await who(url)).toEqual([{ name: 'kept_service', rolsuper: false, rolcreaterole: false, rolcreatedb: false }]);
    expect(new URL(url).password).not.toBe(new URL(cluster.url('kept')).password);
    const file = join(playground.root, 'pg', 'kept_service.password');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await rm(file);
    expect(await who(await cluster.serviceUrl('kept'))).toHaveLength(1);
    await expect(who(url)).rejects.toMatchObject({ code: '28P01' });
  });

  test('is started again on its port when its server is killed, as often as that happens', async () => {
    const cluster = await playground.start();
    const { port } = cluster;
    await cluster.ensureDatabase('kept');
    for (const value of [1, 2]) {
      const { pid } = cluster;
      await writeValue(cluster.url('kept'), value);
      process.kill(pid, 'SIGKILL');
      await until(() => cluster.pid !== pid);
      expect(cluster.port).toBe(port);
    }
    expect(await readValues(cluster.url('kept'))).toEqual([1, 2]);
  });

  test('stays down once stopped', async () => {
    const cluster = await playground.start();
    await Promise.all([cluster.stop(), cluster.stop()]);
    await delay(500);
    expect(exists(cluster.pid)).toBe(false);
    await expect(askServer(cluster.url('postgres'), () => Promise.resolve())).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('says so when another program holds its port, and starts when the port is free', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await expect(playground.start({ port })).rejects.toMatchObject({ code: 'PORT_IN_USE', extensions: { port } });
    other.close();
    await once(other, 'close');
    expect((await playground.start({ port })).port).toBe(port);
  });

  test('says so when another cluster holds its port', async () => {
    const { port } = await playground.start();
    await expect(playground.start({ directory: join(playground.root, 'other'), port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
  });

  test('says so when its folder cannot be used', async () => {
    await writeFile(join(playground.root, 'file'), '');
    const failure = playground.start({ directory: join(playground.root, 'file', 'pg') });
    await expect(failure).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', message: expect.stringMatching(/cannot use .*file/) });
  });

  test('says so when the password file is not its own', async () => {
    const cluster = await playground.start();
    await cluster.stop();
    await writeFile(join(playground.root, 'pg', 'password'), 'f00d');
    await expect(playground.start()).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', message: expect.stringMatching(/password file/) });
    // Nor is the server left running that refused it.
    await expect(stat(join(playground.root, 'pg', 'data', 'postmaster.pid'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
