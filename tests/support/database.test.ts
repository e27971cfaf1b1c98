import { expect, test } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from './database.js';

test('a connection left open fails the test that left it, and the database goes all the same', async () => {
  const database = await createTestDatabase();
  const left = new pg.Client({ connectionString: database.url, application_name: 'forgotten' });
  left.on('error', () => undefined);
  await left.connect();
  await expect(database.drop()).rejects.toThrow(/left open:\nforgotten/);
  const again = new pg.Client({ connectionString: database.ownerUrl });
  await expect(again.connect()).rejects.toMatchObject({ code: '3D000' });
});

test('a database whose connections were closed goes without complaint', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.end();
  await expect(database.drop()).resolves.toBeUndefined();
});
