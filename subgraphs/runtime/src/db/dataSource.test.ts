import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { openDatabase } from './dataSource.js';

let database: TestDatabase;
beforeAll(async () => { database = await createTestDatabase(); });
afterAll(() => database.drop());

describe('an opened database', () => {
  test('reports the text of every statement', async () => {
    const statements: string[] = [];
    const ds = await openDatabase({ url: database.url, entities: [], migrations: [], applicationName: 'test', poolSize: 2, statementTimeoutMs: 1000, onStatement: (sql) => statements.push(sql) });
    statements.length = 0;
    await ds.query('/* test.one */ select $1::int as n', [1]);
    expect(statements).toEqual(['/* test.one */ select $1::int as n']);
    await ds.destroy();
  });
});
