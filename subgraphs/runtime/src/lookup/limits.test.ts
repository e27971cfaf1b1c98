import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { forgetUsage, type Ask } from './charge.js';
import { createLimits, type Limits, type LimitSettings } from './limits.js';

let database: TestDatabase;
let sources: DataSource[];
let replicas: Database[];
const started: Limits[] = [];
let now = new Date();

beforeAll(async () => {
  database = await createTestDatabase();
  const open = (): Promise<DataSource> => openDatabase({
    url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'limits', poolSize: 8, statementTimeoutMs: 5_000,
  });
  sources = [await open(), await open()];
  replicas = sources.map((source) => createDatabase(source, 'PROVINCE_UNAVAILABLE'));
});
beforeEach(async () => {
  now = new Date(Date.UTC(2026, 0, 1, 12));
  await replicas[0]!.query('with u as (delete from lookup_usage), l as (delete from lookup) delete from case_file');
});
afterEach(() => { for (const limits of started.splice(0)) limits.stop(); });
afterAll(async () => {
  await Promise.all(sources.map((source) => source.destroy()));
  await database.drop();
});

const open: LimitSettings = { person: 1_000, viewer: 1_000, organization: 1_000, province: 1_000 };
const limitsOf = (settings: Partial<LimitSettings>, replica = 0): Limits => {
  const limits = createLimits(replicas[replica]!, '31', { ...open, ...settings }, () => now);
  started.push(limits);
  return limits;
};
const clerk = (subject = 'c-1', organization = '31-a'): Viewer => ({ issuer: 'https://id.example', subject, role: 'station_clerk', province: '31', organization, member: null });
const ask = (blindIndex = 'v1:x', clientKey: string = crypto.randomUUID()): Ask => ({ act: 'LOOKUP', clientKey, blindIndex, purpose: 'CHECK_IN' });
const answer = (charged: Promise<void>): Promise<string> => charged.then(() => 'admitted', (error: { extensions?: Record<string, unknown> }) => String(error.extensions?.['scope'] ?? error));
const usage = (): Promise<{ scope: string; charges: number }[]> =>
  replicas[0]!.query('select scope, sum(charges)::int as charges from lookup_usage group by scope order by scope');
const later = (minutes: number): void => { now = new Date(now.getTime() + minutes * 60_000); };

describe('each scope by itself', () => {
  test.each([
    ['PERSON', { person: 2 }, [clerk('c-1', '31-a'), clerk('c-2', '31-b'), clerk('c-3', '31-c')], 'v1:x', clerk('c-3', '31-c'), 'v1:y'],
    ['VIEWER', { viewer: 2 }, [clerk(), clerk(), clerk()], undefined, clerk('c-2'), 'v1:y'],
    ['ORGANIZATION', { organization: 2 }, [clerk('c-1'), clerk('c-2'), clerk('c-3')], undefined, clerk('c-3', '31-b'), 'v1:y'],
    ['PROVINCE', { province: 2 }, [clerk('c-1', '31-a'), clerk('c-2', '31-b'), clerk('c-3', '31-c')], undefined, null, ''],
  ] as const)('%s admits as many as it says, then nobody, and leaves others free', async (scope, settings, viewers, person, other, index) => {
    const limits = limitsOf(settings);
    const answers: string[] = [];
    for (const [i, viewer] of viewers.entries()) answers.push(await answer(limits.charge(viewer, ask(person ?? `v1:${i}`))));
    expect(answers).toEqual(['admitted', 'admitted', scope]);
    if (other) expect(await answer(limits.charge(other, ask(index)))).toBe('admitted');
  });

  test('one viewer of two issuers is two', async () => {
    const limits = limitsOf({ viewer: 1 });
    expect(await answer(limits.charge(clerk(), ask()))).toBe('admitted');
    expect(await answer(limits.charge({ ...clerk(), issuer: 'https://other.example' }, ask()))).toBe('admitted');
  });
});

test('sixteen that ask two replicas in the same instant are admitted exactly as often as the counter says', async () => {
  const both = [limitsOf({ viewer: 5 }), limitsOf({ viewer: 5 }, 1)];
  for (let round = 0; round < 20; round += 1) {
    const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => answer(both[i % 2]!.charge(clerk(`c-${round}`), ask(`v1:${round}-${i}`)))));
    expect(answers.sort()).toEqual([...Array<string>(11).fill('VIEWER'), ...Array<string>(5).fill('admitted')]);
  }
});

test('a split counter admits at most as many too many as ask in the same instant', async () => {
  const both = [limitsOf({ province: 600 }), limitsOf({ province: 600 }, 1)];
  let admitted = 0;
  for (let round = 0; round < 40; round += 1) {
    const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => answer(both[i % 2]!.charge(clerk(`c-${i}`, `31-${i}`), ask(`v1:${round}-${i}`)))));
    admitted += answers.filter((one) => one === 'admitted').length;
  }
  expect(admitted).toBeGreaterThanOrEqual(600 - 16);
  expect(admitted).toBeLessThanOrEqual(600 + 16);
});

describe('the window slides', () => {
  test('asks are forgotten after it, at the time that the refusal named', async () => {
    const limits = limitsOf({ viewer: 2 });
    await limits.charge(clerk(), ask());
    later(20);
    await limits.charge(clerk(), ask());
    const refused = await limits.charge(clerk(), ask()).catch((error: { extensions: Record<string, string> }) => error.extensions);
    expect(refused).toMatchObject({ code: 'LOOKUP_LIMIT', scope: 'VIEWER', limit: 2 });
    const again = new Date((refused as Record<string, string>)['retryAt']!);
    expect(again.getTime() - now.getTime()).toBeGreaterThan(40 * 60_000);
    expect(again.getTime() - now.getTime()).toBeLessThanOrEqual(45 * 60_000);
    now = new Date(again.getTime() - 1);
    expect(await answer(limits.charge(clerk(), ask()))).toBe('VIEWER');
    now = again;
    expect(await answer(limits.charge(clerk(), ask()))).toBe('admitted');
    expect(await answer(limits.charge(clerk(), ask()))).toBe('VIEWER');
  });

  test('no hour holds more than its sixty, however they are spread', async () => {
    const limits = limitsOf({ viewer: 6 });
    const times: number[] = [];
    for (let minute = 0; minute < 240; minute += 3) {
      if (await answer(limits.charge(clerk(), ask(`v1:${minute}`))) === 'admitted') times.push(minute);
      later(3);
    }
    for (const start of times) expect(times.filter((time) => time >= start && time < start + 60).length).toBeLessThanOrEqual(6);
    expect(times.length).toBeGreaterThan(15);
  });
});

test('what no window holds any more is forgotten, and nothing earlier', async () => {
  await limitsOf({}).charge(clerk(), ask());
  later(59);
  await forgetUsage(replicas[0]!, now);
  expect(await usage()).toHaveLength(4);
  later(10);
  await forgetUsage(replicas[0]!, now);
  expect(await usage()).toEqual([{ scope: 'PERSON', charges: 1 }]);
  later(26 * 60);
  await forgetUsage(replicas[0]!, now);
  expect(await usage()).toEqual([]);
});

describe('what is charged', () => {
  test('an ask that one full scope refuses charges no scope, so that hammering keeps nobody else out', async () => {
    const limits = limitsOf({ viewer: 1 });
    await limits.charge(clerk(), ask());
    for (let i = 0; i < 5; i += 1) expect(await answer(limits.charge(clerk(), ask()))).toBe('VIEWER');
    expect(await usage()).toEqual(['ORGANIZATION', 'PERSON', 'PROVINCE', 'VIEWER'].map((scope) => ({ scope, charges: 1 })));
  });

  const record = (clientKey: string, subject = 'c-1', blindIndex = 'v1:x'): Promise<unknown> => replicas[0]!.query(`
    insert into lookup (id, blind_index, purpose, viewer_issuer, viewer_subject, viewer_role, client_key, opened_at, expires_at)
    values ($1, $2, 'CHECK_IN', 'https://id.example', $3, 'station_clerk', $4, $5, $5)`, [`31-${clientKey}`, blindIndex, subject, clientKey, now]);

  test('a recorded act repeated is free, also when a scope is full', async () => {
    const limits = limitsOf({ person: 1 });
    await limits.charge(clerk(), ask('v1:x', 'key-1234'));
    await record('key-1234');
    expect(await answer(limits.charge(clerk(), ask('v1:x', 'key-1234')))).toBe('admitted');
    expect((await usage())[0]).toMatchObject({ charges: 1 });
  });

  test('the same key for another person, by another viewer or another kind of act is no repetition', async () => {
    const limits = limitsOf({ province: 4 });
    await record('key-1234');
    for (const [viewer, act] of [
      [clerk(), ask('v1:y', 'key-1234')], [clerk('c-2'), ask('v1:x', 'key-1234')], [clerk(), { ...ask('v1:x', 'key-1234'), act: 'CASE' }],
      [clerk(), { act: 'REVEAL', lookupId: '31-key-1234', clientKey: 'key-1234' }],
    ] as [Viewer, Ask][]) await limits.charge(viewer, act);
    expect((await usage()).find(({ scope }) => scope === 'PROVINCE')).toEqual({ scope: 'PROVINCE', charges: 4 });
  });

  test('a reveal is charged to the person of the lookup, if it is the viewer\'s own', async () => {
    const limits = limitsOf({ person: 1 });
    await record('key-1234');
    const reveal = (viewer: Viewer): Promise<string> => answer(limits.charge(viewer, { act: 'REVEAL', lookupId: '31-key-1234', clientKey: crypto.randomUUID() }));
    expect([await reveal(clerk('c-2')), await reveal(clerk('c-2')), await reveal(clerk()), await reveal(clerk())]).toEqual(['admitted', 'admitted', 'admitted', 'PERSON']);
  });
});
