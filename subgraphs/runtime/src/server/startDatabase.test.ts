import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Logger } from '@delta/service/log';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { startDatabase } from './startDatabase.js';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

const start = async (urls: { url?: string; ownerUrl?: string }, mode: 'demo' | 'production'): Promise<object[]> => {
  const warnings: object[] = [];
  const log = { info: () => undefined, warn: (fields: object) => warnings.push(fields) } as unknown as Logger;
  const own = await startDatabase({
    name: 'anhui', url: urls.url, ownerUrl: urls.ownerUrl, mode, home: '/nowhere', embeddedPort: 0, log,
    entities: [], migrations: provinceMigrations, poolSize: 2, statementTimeoutMs: 5_000,
  });
  await own.close();
  return warnings;
};

test('production starts with a role for the service and one for the owner, and afterwards with the service\'s alone', async () => {
  expect(await start({ url: database.url, ownerUrl: database.ownerUrl }, 'production')).toEqual([]);
  expect(await start({ url: database.url }, 'production')).toEqual([]);
});

test('production does not start with the owner\'s role, alone or twice; the demonstration does, and says so', async () => {
  const { ownerUrl } = database;
  const privileged = { code: 'DATABASE_ROLE_PRIVILEGED', message: expect.stringContaining('it is a superuser'), extensions: { powers: ['is a superuser'] } };
  await expect(start({ url: ownerUrl }, 'production')).rejects.toMatchObject(privileged);
  await expect(start({ url: ownerUrl, ownerUrl }, 'production')).rejects.toMatchObject(privileged);
  expect(await start({ url: ownerUrl }, 'demo')).toEqual([{ code: 'DATABASE_ROLE_PRIVILEGED', powers: ['is a superuser'] }]);
});

test('an owner\'s connection string without the service\'s is a mistake, not an embedded database', async () => {
  await expect(start({ ownerUrl: database.ownerUrl }, 'demo')).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID', message: expect.stringContaining('DATABASE_URL') });
});
