import { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { AuditTrail, auditPlugin, recordEntries, type AuditEntry, type Recorder } from './index.js';

const viewer: Viewer = { issuer: 'https://id.example', subject: 'c-1', role: 'station_clerk', province: '32', organization: '32-a', member: null };
const [mei, wei] = ['019a2b3c-4d5e-7f60-8a1b-000000000001', '019a2b3c-4d5e-7f60-8a1b-000000000002'];
const now = new Date('2026-05-01T08:00:00Z');
const seen = (memberId: string, field: string, purpose = 'CHECK_IN', reference: string | null = '32-l'): AuditEntry =>
  ({ kind: 'DISCLOSURE', memberId, purpose, reference, fields: [field] });

let database: TestDatabase;
let db: Database;
const record: Recorder = (...recording) => recordEntries(db, ...recording);
const statements: string[] = [];
const open = async (): Promise<Database> => createDatabase(await openDatabase({
  url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'audit', poolSize: 2, statementTimeoutMs: 5_000,
  onStatement: (sql) => statements.push(sql),
}), 'PROVINCE_UNAVAILABLE');

beforeAll(async () => {
  database = await createTestDatabase();
  db = await open();
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const rowsOf = (requestId: string) => db.query<Record<string, unknown>>(
  'select kind, member_id, purpose, reference, fields, viewer_subject, viewer_role, at from audit_entry where request_id = $1 order by member_id, purpose', [requestId]);

test('all that one request discloses of one member for one purpose is one row, with the set of its fields', async () => {
  const trail = new AuditTrail({ requestId: 'r-1', viewer });
  for (const field of ['name', 'id', 'name', 'gender']) trail.add(seen(mei!, field));
  await trail.commit(record, now);
  expect(await rowsOf('r-1')).toEqual([{
    kind: 'DISCLOSURE', member_id: mei, purpose: 'CHECK_IN', reference: '32-l', fields: ['gender', 'id', 'name'],
    viewer_subject: 'c-1', viewer_role: 'station_clerk', at: now,
  }]);
});

test('another member, purpose or act is another row; all are written by one statement', async () => {
  const trail = new AuditTrail({ requestId: 'r-2', viewer });
  trail.add(seen(mei!, 'id'));
  trail.add(seen(wei!, 'id'));
  trail.add(seen(wei!, 'id', 'MEMBER_SERVICE'));
  trail.add(seen(wei!, 'id', 'MEMBER_SERVICE', '32-other'));
  statements.length = 0;
  await trail.commit(record, now);
  expect(statements).toHaveLength(1);
  expect(await rowsOf('r-2')).toHaveLength(4);
});

test('a request that discloses nothing asks the database for nothing', async () => {
  statements.length = 0;
  await new AuditTrail({ requestId: 'r-3', viewer }).commit(record, now);
  expect(statements).toEqual([]);
});

test('what is committed once is not committed again', async () => {
  const trail = new AuditTrail({ requestId: 'r-4', viewer: null });
  trail.add(seen(mei!, 'id'));
  await trail.commit(record, now);
  await trail.commit(record, now);
  expect(await rowsOf('r-4')).toMatchObject([{ viewer_subject: null }]);
});

interface Context { readonly trail: AuditTrail }
const ask = async (over: Database, requestId: string) => {
  const server = new ApolloServer<Context>({
    typeDefs: 'type Query { name: String }', plugins: [auditPlugin<Context>(over, () => now)],
    resolvers: { Query: { name: (_: unknown, __: unknown, { trail }: Context) => { trail.add(seen(mei!, 'name')); return '王*'; } } },
  });
  try {
    const { body } = await server.executeOperation({ query: '{ name }' }, { contextValue: { trail: new AuditTrail({ requestId, viewer }) } });
    return JSON.parse(JSON.stringify(body)) as { singleResult: { data: unknown; errors?: { extensions: { code: string } }[] } };
  } finally {
    await server.stop();
  }
};

test('an answer leaves with its row in the database', async () => {
  expect((await ask(db, 'r-5')).singleResult.data).toEqual({ name: '王*' });
  expect(await rowsOf('r-5')).toMatchObject([{ fields: ['name'] }]);
});

test('what cannot be recorded is not disclosed', async () => {
  const gone = await open();
  await gone.close();
  const { singleResult } = await ask(gone, 'r-6');
  expect(singleResult.data).toBeNull();
  expect(singleResult.errors?.map(({ extensions }) => extensions.code)).toEqual(['AUDIT_UNAVAILABLE']);
  expect(JSON.stringify(singleResult)).not.toContain('王');
});
