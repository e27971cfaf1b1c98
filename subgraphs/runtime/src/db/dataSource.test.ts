import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createClusterPlayground } from '../../../../tests/support/clusterPlayground.js';
import { openDatabase, type DatabaseOptions } from './dataSource.js';
import { startCluster } from './embedded/index.js';
import { freePort } from './embedded/freePort.js';
import { readAside } from './readAside.js';

let database: TestDatabase;
const playground = createClusterPlayground(startCluster);
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(async () => {
  await (await playground).clear();
  await database.drop();
});

const open = (options: Partial<DatabaseOptions> = {}): Promise<DataSource> =>
  openDatabase({ url: database.ownerUrl, entities: [], migrations: [], applicationName: 'delta-test', poolSize: 2, statementTimeoutMs: 1_000, ...options });

describe('opening a database', () => {
  test('gives a pool that reports every statement, transactions included, without parameters', async () => {
    const statements: string[] = [];
    const ds = await open({ onStatement: (sql) => statements.push(sql) });
    statements.length = 0;
    await ds.transaction((manager) => manager.query('/* test.one */ select $1::text', ['秘密']));
    await ds.destroy();
    expect(statements).toEqual(['START TRANSACTION', '/* test.one */ select $1::text', 'COMMIT']);
  });

  test('shows its name and carries its limits to the server', async () => {
    const ds = await open({ statementTimeoutMs: 1_234 });
    const rows: unknown = await ds.query(`select current_setting('application_name') as name, current_setting('statement_timeout') as patience`);
    await ds.destroy();
    expect(rows).toEqual([{ name: 'delta-test', patience: '1234ms' }]);
  });

  test('refuses a server that is too old, naming both versions', async () => {
    await expect(open({ oldestVersion: 99 })).rejects.toMatchObject({ code: 'DATABASE_TOO_OLD', extensions: { needed: 99 } });
  });

  test('refuses a database that is not UTF8', async () => {
    const name = `ascii_${process.pid}`;
    const admin = new pg.Client({ connectionString: database.ownerUrl });
    await admin.connect();
    await admin.query(`create database ${name} encoding 'SQL_ASCII' locale_provider libc locale 'C' template template0`);
    const url = new URL(database.ownerUrl);
    url.pathname = `/${name}`;
    await expect(open({ url: url.href })).rejects.toMatchObject({ code: 'DATABASE_ENCODING', extensions: { found: 'SQL_ASCII' } });
    await admin.query(`drop database ${name}`);
    await admin.end();
  });

  test.each([
    ['a wrong password', (url: URL) => { url.password = 'wrong'; }, '28P01'],
    ['a database that is not there', (url: URL) => { url.pathname = '/nowhere'; }, '3D000'],
  ])('fails at once with %s, and does not show the address', async (_, change, reason) => {
    const url = new URL(database.ownerUrl);
    change(url);
    const since = Date.now();
    const failure: unknown = await open({ url: url.href }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'DATABASE_UNREACHABLE', extensions: { reason } });
    expect(Date.now() - since).toBeLessThan(5_000);
    expect(JSON.stringify(failure)).not.toContain(new URL(database.ownerUrl).password);
  });

  test('fails with an address that is none', async () => {
    await expect(open({ url: 'postgres://user:secret@[' })).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', message: expect.not.stringContaining('secret') });
  });

  test('gives up after its patience when nobody answers', async () => {
    const url = `postgres://127.0.0.1:${await freePort()}/x`;
    await expect(open({ url, patienceMs: 600 })).rejects.toMatchObject({ code: 'DATABASE_UNREACHABLE', extensions: { reason: 'ECONNREFUSED' } });
  });

  test('waits for a server that comes up later', async () => {
    const port = await freePort();
    const before = await (await playground).start({ port });
    const url = before.url('postgres');
    await before.stop();
    const opening = open({ url });
    await (await playground).start({ port });
    const ds = await opening;
    await ds.destroy();
  });
});

describe('read replicas', () => {
  test('that do not answer at start are left out, and said', async () => {
    const lines: string[] = [];
    const ds = await open({ replicas: [`postgres://127.0.0.1:${await freePort()}/x`], log: (line) => lines.push(line) });
    const rows: unknown = await readAside(ds, (manager) => manager.query('select 1 as n'));
    await ds.destroy();
    expect(rows).toEqual([{ n: 1 }]);
    expect(lines).toEqual(['1 of 1 read replicas do not answer and are left out']);
  });

  test('serve what is read aside and nothing else; when they fail, the primary does', async () => {
    // A second cluster of its own stands for the replica: here only who answers matters.
    const { root, start } = await playground;
    const replica = await start({ directory: join(root, 'replica') });
    await replica.ensureDatabase('copy');
    const ds = await open({ replicas: [replica.url('copy')] });
    const where = async (rows: Promise<unknown>): Promise<unknown> => rows;
    const ask = 'select current_database() as name';
    expect(await where(readAside(ds, (manager) => manager.query(ask)))).toEqual([{ name: 'copy' }]);
    expect(await where(ds.query(ask))).toEqual([{ name: new URL(database.ownerUrl).pathname.slice(1) }]);
    expect(await where(ds.manager.createQueryBuilder().select('current_database()', 'name').from('(select 1)', 'one').getRawMany())).toEqual([
      { name: new URL(database.ownerUrl).pathname.slice(1) },
    ]);
    await replica.stop();
    expect(await where(readAside(ds, (manager) => manager.query(ask)))).toEqual([{ name: new URL(database.ownerUrl).pathname.slice(1) }]);
    await ds.destroy();
  });
});
