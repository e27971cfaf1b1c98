import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import type { ProvinceContext } from '../server/context.js';
import { caseResolvers } from './resolvers.js';
import { createCaseLoaders } from './loaders.js';
import { insertCase, setClosed } from './store.js';
import type { CaseRecord } from './types.js';
import { useCase } from './useCase.js';

let database: TestDatabase;
let source: DataSource;
let db: Database;
const statements: string[] = [];
const now = new Date();
const clerk: Viewer = { issuer: 'i', subject: 's', role: 'station_clerk', province: '31', organization: '31-a', member: null };
const idOf = (n: number): string => `31-019a2b3c-4d5e-7f60-8a1b-00000000000${n}`;
const work = { blindIndex: 'v1:x', purpose: 'MEMBER_SERVICE' };

beforeAll(async () => {
  database = await createTestDatabase();
  source = await openDatabase({
    url: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'cases', poolSize: 4, statementTimeoutMs: 5_000,
    onStatement: (sql) => { statements.push(sql); },
  });
  db = createDatabase(source, 'PROVINCE_UNAVAILABLE');
  for (const n of [1, 2, 3]) {
    const file: CaseRecord = {
      id: idOf(n), ...work, organizationId: n === 3 ? '31-b' : '31-a', openedAt: now, expiresAt: new Date(now.getTime() + 60_000), closedAt: null, outcome: null,
    };
    await insertCase(db, file, clerk, `key-000${n}`);
  }
});
afterAll(async () => {
  await source.destroy();
  await database.drop();
});

test('a case is not closed under an act that rests on it: the closing waits until the act is recorded', async () => {
  const order: string[] = [];
  let closing: Promise<unknown> = Promise.resolve();
  await db.transaction(async (within) => {
    await useCase(within, '31-a', idOf(1), work, now);
    closing = db.transaction(async (other) => {
      await setClosed(other, '31-a', idOf(1), 'DONE', now);
      order.push('closed');
    });
    await delay(200);
    order.push('recorded');
  });
  await closing;
  expect(order).toEqual(['recorded', 'closed']);
  await expect(db.transaction((within) => useCase(within, '31-a', idOf(1), work, now))).rejects.toMatchObject({ code: 'CASE_CLOSED' });
});

test('two acts rest on one case at the same time', async () => {
  await db.transaction(async (one) => {
    await useCase(one, '31-a', idOf(2), work, now);
    await db.transaction((two) => useCase(two, '31-a', idOf(2), work, now));
  });
});

const resolve = (viewer: Viewer | null, ids: readonly string[]): Promise<unknown[]> => {
  const context = { viewer, services: { entry: { code: '31' } }, cases: createCaseLoaders(db, viewer) } as unknown as ProvinceContext;
  return Promise.all(ids.map((id) => caseResolvers.__resolveReference({ id }, context).then((found) => found.id, (error: { code?: string }) => error.code)));
};

test('by reference, staff get the cases of their own organisation with one statement, and of another\'s nothing that tells it from none', async () => {
  statements.length = 0;
  expect(await resolve(clerk, [1, 2, 3, 9].map(idOf))).toEqual([idOf(1), idOf(2), 'NOT_FOUND', 'NOT_FOUND']);
  expect(statements.filter((sql) => sql.includes('/* case.find */'))).toHaveLength(1);
  expect(await resolve({ ...clerk, organization: '31-b' }, [idOf(3)])).toEqual([idOf(3)]);
});

test('by reference, nobody else gets any', async () => {
  expect(await resolve(null, [idOf(1)])).toEqual(['UNAUTHENTICATED']);
  expect(await resolve({ ...clerk, province: '32' }, [idOf(1)])).toEqual(['OUT_OF_SCOPE']);
  expect(await resolve({ ...clerk, role: 'member' }, [idOf(1)])).toEqual(['FORBIDDEN']);
  expect(await resolve({ ...clerk, organization: null }, [idOf(1)])).toEqual(['FORBIDDEN']);
  expect(await resolve(clerk, ['34' + idOf(1).slice(2), 'no id'])).toEqual(['FOREIGN_ID', 'MALFORMED_ID']);
});
