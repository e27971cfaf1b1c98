import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { shredMember } from '../member/index.js';
import { forgetPerson, insertLookup } from './store.js';
import type { LookupRecord } from './types.js';

let database: TestDatabase;
let db: Database;
const office = '31-019a2b3c-4d5e-7f60-8a1b-00000000000a';
const [person, other] = ['019a2b3c-4d5e-7f60-8a1b-000000000001', '019a2b3c-4d5e-7f60-8a1b-000000000002'] as const;
const now = new Date('2026-05-01T08:00:00Z');
const viewer: Viewer = { issuer: 'https://id.test', subject: 'clerk', role: 'station_clerk', province: '31', organization: office, member: null };
const passIds = { revoked: '0a'.repeat(16), valid: '0b'.repeat(16), others: '0c'.repeat(16) };

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDatabase(await openDatabase({ url: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'forget', poolSize: 2, statementTimeoutMs: 5_000 }), 'PROVINCE_UNAVAILABLE');
  await db.query(`insert into organization (id, name, kind, division_code, path, grams) values ($1, '支部', 'BRANCH', '310118', array[$1], '{}')`, [office]);
  await db.query(`insert into member (id, name, gender, affiliation, home_organization_id, data_key, blind_index, crypto_suite, key_version)
    select m.id, '王小明', 'MALE', 'HOME', $1, '\\x00', 'v1:' || m.id, 'aes', 'v1' from unnest($2::uuid[]) as m (id)`, [office, [person, other]]);
  await db.query(`insert into pass (id, pass_id, member_id, class, state, reason, organization_id, office_id, issued_at, expires_at, revoked_at, revoked_for)
    select '31-' || b.n, decode(b.pass_id, 'hex'), b.member_id, 'PHONE', b.state, 'FIRST', $1, $1, $2, $2::timestamptz + interval '50 days', case b.state when 'REVOKED' then $2::timestamptz end, case b.state when 'REVOKED' then 'LOST' end
      from unnest($3::text[], $4::uuid[], $5::text[]) with ordinality as b (pass_id, member_id, state, n)`, [office, now, Object.values(passIds), [person, person, other], ['REVOKED', 'VALID', 'VALID']]);
});
afterAll(async () => {
  await db.close();
  await database.drop();
});

test('lookups of a shredded member stay as acts, and tell neither the number nor a pass of whom they were', async () => {
  const subjects = [`v1:${person}`, `pass:31:${passIds.revoked}`, `pass:31:${passIds.valid}`, `pass:31:${passIds.others}`, `pass:34:${passIds.valid}`, `v1:${other}`];
  for (const [n, blindIndex] of subjects.entries()) {
    const present = blindIndex.startsWith('pass');
    const lookup: LookupRecord = {
      id: `31-${n}`, blindIndex, purpose: 'CHECK_IN', caseId: null, inCase: false, reveals: null, reveal: [], revealReason: null, present,
      presence: present ? { owner: blindIndex.slice(5, 7), text: 'AP2:', challenge: 'AP3:' } : null, openedAt: now, expiresAt: new Date(now.getTime() + 300_000),
    };
    await insertLookup(db, lookup, viewer, `key-${n}`);
    await db.query(`insert into lookup_usage (scope, subject, bucket, shard, charges, ends_at) values ('PERSON', $1, 1, 0, 1, $2)`, [blindIndex, now]);
  }
  await shredMember(db, person, 'REQUEST', now, [forgetPerson]);
  expect(await db.query('select blind_index, presence is not null as kept from lookup order by id')).toEqual([
    { blind_index: 'shredded:31-0', kept: false }, { blind_index: 'shredded:31-1', kept: false }, { blind_index: 'shredded:31-2', kept: false },
    { blind_index: subjects[3], kept: true }, { blind_index: subjects[4], kept: true }, { blind_index: subjects[5], kept: false },
  ]);
  expect((await db.query<{ subject: string }>('select subject from lookup_usage order by subject')).map(({ subject }) => subject)).toEqual(subjects.slice(3).sort());
});
