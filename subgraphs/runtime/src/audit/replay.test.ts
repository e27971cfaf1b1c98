import { ApolloServer } from '@apollo/server';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { PlatformError, type ErrorCode } from '@delta/schema/errors';
import type { Viewer } from '@delta/schema/viewer';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { AuditTrail, auditPlugin, recordEntries, type AuditEntry, type Recorder } from './index.js';

const viewer: Viewer = { issuer: 'https://id.example', subject: 'c-1', role: 'station_clerk', province: '32', organization: '32-a', member: null };
const mei = '019a2b3c-4d5e-7f60-8a1b-000000000001';
const now = new Date();
const seen: AuditEntry = { kind: 'DISCLOSURE', memberId: mei, purpose: 'CHECK_IN', reference: '32-l', fields: ['name'] };
const act: AuditEntry = { kind: 'LOOKUP', memberId: null, purpose: 'CHECK_IN', reference: '32-l', fields: [] };

let database: TestDatabase;
let db: Database;
const record: Recorder = (...recording) => recordEntries(db, ...recording);
beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(await openDatabase({
    url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'audit', poolSize: 6, statementTimeoutMs: 5_000,
  }), 'PROVINCE_UNAVAILABLE');
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

const kindsOf = async (requestId: string): Promise<string[]> => (await db.query<{ kind: string }>(
  'select kind from audit_entry where request_id = $1 order by kind', [requestId])).map(({ kind }) => kind);
const code = (wanted: ErrorCode) => expect.objectContaining({ code: wanted });

test('of two replicas that are given the same context at once exactly one records', async () => {
  for (let round = 0; round < 20; round += 1) {
    const request = { requestId: `race-${round}`, viewer, nonce: `race-${round}` };
    const trails = [1, 2, 3].map(() => { const trail = new AuditTrail(request); trail.add(seen); return trail; });
    const outcomes = await Promise.allSettled(trails.map((trail) => trail.commit(record, now)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await kindsOf(`race-${round}`)).toEqual(['DISCLOSURE', 'REFUSAL', 'REFUSAL']);
  }
});

test('acts of one request share its nonce, one after another, at once, and after one that was undone', async () => {
  const trail = new AuditTrail({ requestId: 'acts', viewer, nonce: 'acts' });
  await expect(db.transaction(async (within) => {
    await recordEntries(within, trail.request, [act], now);
    throw new Error('undone');
  })).rejects.toThrow('undone');
  await Promise.all([1, 2, 3].map(() => db.transaction((within) => recordEntries(within, trail.request, [act], now))));
  trail.add(seen);
  await trail.commit(record, now);
  expect(await kindsOf('acts')).toEqual(['DISCLOSURE', 'LOOKUP', 'LOOKUP', 'LOOKUP']);
  await expect(recordEntries(db, new AuditTrail({ requestId: 'acts', viewer, nonce: 'acts' }).request, [act], now)).rejects.toEqual(code('CONTEXT_REFUSED'));
});

interface Context { readonly trail: AuditTrail }
const ask = async (query: string, trail: AuditTrail) => {
  const server = new ApolloServer<Context>({
    typeDefs: 'type Query { name: String, refused(code: String!): String }', plugins: [auditPlugin<Context>(db, () => now)],
    resolvers: { Query: {
      name: (_: unknown, __: unknown, context: Context) => { context.trail.add(seen); return '王*'; },
      refused: (_: unknown, { code: wanted }: { code: ErrorCode }) => { throw new PlatformError(wanted); },
    } },
  });
  try {
    const { body } = await server.executeOperation({ query }, { contextValue: { trail } });
    return JSON.parse(JSON.stringify(body)) as { singleResult: { data: unknown; errors?: { extensions: { code: string } }[] } };
  } finally {
    await server.stop();
  }
};

test('a replayed request is answered with its refusal alone', async () => {
  const trail = (): AuditTrail => new AuditTrail({ requestId: 'replay', viewer, nonce: 'replay' });
  expect((await ask('{ name }', trail())).singleResult.data).toEqual({ name: '王*' });
  const { singleResult } = await ask('{ name }', trail());
  expect(singleResult.data).toBeNull();
  expect(singleResult.errors?.map(({ extensions }) => extensions.code)).toEqual(['CONTEXT_REFUSED']);
});

test('each code that an answer refuses with is one entry; what is merely wrong or unavailable is none', async () => {
  await ask(`{ a: refused(code: "NOT_DISCLOSED") b: refused(code: "NOT_DISCLOSED") c: refused(code: "FORBIDDEN") d: refused(code: "NOT_FOUND") e: refused(code: "PROVINCE_UNAVAILABLE") name }`,
    new AuditTrail({ requestId: 'refused', viewer, nonce: 'refused' }));
  expect(await db.query(`select kind, reason, member_id, viewer_subject from audit_entry where request_id = 'refused' order by kind, reason`)).toEqual([
    { kind: 'DISCLOSURE', reason: null, member_id: mei, viewer_subject: 'c-1' },
    { kind: 'REFUSAL', reason: 'FORBIDDEN', member_id: null, viewer_subject: 'c-1' },
    { kind: 'REFUSAL', reason: 'NOT_DISCLOSED', member_id: null, viewer_subject: 'c-1' },
  ]);
});

test('a refusal that was noted with the member is not noted again without; nobody in particular leaves no refusal', async () => {
  const trail = new AuditTrail({ requestId: 'about', viewer });
  trail.refused('NOT_DISCLOSED', { memberId: mei });
  await ask('{ refused(code: "NOT_DISCLOSED") }', trail);
  expect(await db.query(`select reason, member_id from audit_entry where request_id = 'about'`)).toEqual([{ reason: 'NOT_DISCLOSED', member_id: mei }]);
  await ask('{ refused(code: "FORBIDDEN") }', new AuditTrail({ requestId: 'anonymous', viewer: null }));
  expect(await kindsOf('anonymous')).toEqual([]);
});
