import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { provinceByCode } from '@delta/schema/provinces';
import type { Viewer } from '@delta/schema/viewer';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createPassWorld, type PassWorld } from '../../../../tests/support/passWorld.js';
import { createDatabase } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { createPassChecking, type PassChecking } from './createPassChecking.js';
import { openPassChallenge, textOf } from './openPassChallenge.js';
import { forgetShown } from './store.js';
import { verifyPass, type PassCheck, type VerifyPassInput } from './verifyPass.js';

type Services = Parameters<typeof verifyPass>[0];

let database: TestDatabase;
let sources: DataSource[];
let replicas: Services[];
let world: PassWorld;
let ahead = 0;
const now = (): Date => new Date(Date.now() + ahead * 1000);
const started: PassChecking[] = [];

const idOf = (n: number): string => `31-019a2b3c-4d5e-7f60-8a1b-00000000000${n}`;
const [office, other, station, second, foreign] = [1, 2, 3, 4, 5].map(idOf) as [string, string, string, string, string];
const clerk: Viewer = { issuer: 'https://id.example', subject: 'clerk', role: 'station_clerk', province: '31', organization: office, member: null };
const request = { requestId: 'r', viewer: clerk };
const key = (): string => crypto.randomUUID();

beforeAll(async () => {
  database = await createTestDatabase();
  const open = (): Promise<DataSource> => openDatabase({
    url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'passCheck', poolSize: 8, statementTimeoutMs: 5_000,
  });
  sources = [await open(), await open()];
  world = await createPassWorld(['31', '34'], () => Math.floor(now().getTime() / 1000));
  replicas = sources.map((source) => servicesOver(source, 600));
  for (const id of [office, other]) await replicas[0]!.db.query(`insert into organization (id, name, kind, division_code, path, grams) values ($1, '示例', 'COMMITTEE', '310118', array[$1], '{}')`, [id]);
  for (const [id, organization] of [[station, office], [second, office], [foreign, other]]) {
    await replicas[0]!.db.query(`insert into service_station (id, name, tier, division_code, organization_id, hours, duty_roster, amenities, grams) values ($1, '示例', 'STATION', '310118', $2, '[]', '[]', '{}', '{}')`, [id, organization]);
  }
});
afterAll(async () => {
  for (const checking of started) checking.stop();
  await Promise.all((sources ?? []).map((source) => source.destroy()));
  await database.drop();
});

function servicesOver(source: DataSource, perMinute: number): Services {
  const db = createDatabase(source, 'PROVINCE_UNAVAILABLE');
  const passChecking = createPassChecking({ db, lists: world.lists, findPass: async () => undefined, perMinute, now });
  started.push(passChecking);
  return { entry: provinceByCode('31')!, db, now, passChecking };
}

const verify = (input: Omit<VerifyPassInput, 'clientKey'> & { clientKey?: string }, { replica = 0, viewer = clerk } = {}): Promise<PassCheck> =>
  verifyPass(replicas[replica]!, viewer, { ...request, viewer }, { clientKey: key(), ...input });
const challengeAt = (stationId: string, activity = 'a-1') => openPassChallenge(replicas[0]!, clerk, request, { stationId, activity, clientKey: key() });
const said = (check: PassCheck): string => ('refusal' in check ? check.refusal.code : 'VALID');
const failed = (act: Promise<unknown>): Promise<string> => act.then(() => 'no error', (error: { code?: string }) => String(error.code));
const audited = (id: string): Promise<{ kind: string; member_id: string | null; purpose: string | null; fields: string[]; reason: string }[]> =>
  replicas[0]!.db.query('select kind, member_id, purpose, fields, reason from audit_entry where reference = $1', [id]);

describe('a phone\'s pass', () => {
  test('is valid once: its proof does not do a second time, at whatever station or replica', async () => {
    const text = await (await world.phone('34')).show();
    const first = await verify({ text, stationId: station });
    expect(first).toMatchObject({ class: 'PHONE', issuer: '34', freshness: 'CURRENT', maskedName: null });
    expect(said(await verify({ text, stationId: second }, { replica: 1 }))).toBe('PROOF_REPLAYED');
  });

  test('counts once for a session, whatever its code, and again for another session or activity', async () => {
    const phone = await world.phone('34');
    const show = async (activity: string, session?: string): Promise<string> => said(await verify({ text: await phone.show(), activity, ...(session ? { session } : {}) }));
    expect([await show('a-2', 's-1'), await show('a-2', 's-1'), await show('a-2', 's-2'), await show('a-3'), await show('a-3')]).toEqual(['VALID', 'SECOND_USE', 'VALID', 'VALID', 'SECOND_USE']);
  });

  test('shown at two replicas in the same instant is valid at exactly one', async () => {
    for (let round = 0; round < 12; round += 1) {
      const phone = await world.phone('34');
      const same = await phone.show();
      const replayed = await Promise.all(Array.from({ length: 8 }, (_, i) => verify({ text: same }, { replica: i % 2 })));
      expect(replayed.map(said).sort()).toEqual([...Array<string>(7).fill('PROOF_REPLAYED'), 'VALID']);
      const codes = await Promise.all(Array.from({ length: 8 }, () => phone.show()));
      const used = await Promise.all(codes.map((text, i) => verify({ text, activity: `race-${round}`, session: '1' }, { replica: i % 2 })));
      expect(used.map(said).sort()).toEqual([...Array<string>(7).fill('SECOND_USE'), 'VALID']);
    }
  });

  test('is refused within a second of being revoked or suspended, and valid again when that ends', async () => {
    const phone = await world.phone('34');
    expect(said(await verify({ text: await phone.show() }))).toBe('VALID');
    await world.setStatus('34', phone.statusIndex, 'revoked');
    expect(said(await verify({ text: await phone.show() }))).toBe('REVOKED');
    await world.setStatus('34', phone.statusIndex, 'suspended');
    expect(said(await verify({ text: await phone.show() }))).toBe('SUSPENDED');
    await world.setStatus('34', phone.statusIndex, 'valid');
    expect(said(await verify({ text: await phone.show() }))).toBe('VALID');
  });
});

test('an invented code is refused without asking another province for anything, and leaves only its audit row', async () => {
  const text = await (await world.phone('34')).show();
  const before = world.asked();
  const forged = `${text.slice(0, 200)}${text[200] === '0' ? '1' : '0'}${text.slice(201)}`;
  const check = await verify({ text: forged, purpose: 'CHECK_IN' });
  expect(said(check)).not.toBe('VALID');
  expect(world.asked()).toBe(before);
  expect(await audited(check.id)).toEqual([{ kind: 'PASS_CHECK', member_id: null, purpose: 'CHECK_IN', fields: [], reason: said(check) }]);
  expect(said(await verify({ text }))).toBe('VALID');
});

describe('a challenge', () => {
  test('is answered once, by one phone, and then no more', async () => {
    const challenge = await challengeAt(station);
    const [one, two] = [await world.phone('34'), await world.phone('31')];
    const answer = await one.show(textOf(challenge));
    expect(said(await verify({ text: answer, challengeId: challenge.id, risk: 'HIGH' }))).toBe('VALID');
    expect(said(await verify({ text: await two.show(textOf(challenge)), challengeId: challenge.id }))).toBe('PROOF_ELSEWHERE');
    expect(said(await verify({ text: answer, challengeId: challenge.id }))).toBe('PROOF_REPLAYED');
  });

  test('that two phones answer in the same instant is one\'s', async () => {
    const challenge = await challengeAt(station);
    const answers = await Promise.all(Array.from({ length: 6 }, async () => (await world.phone('34')).show(textOf(challenge))));
    const checks = await Promise.all(answers.map((text, i) => verify({ text, challengeId: challenge.id }, { replica: i % 2 })));
    expect(checks.map(said).sort()).toEqual([...Array<string>(5).fill('PROOF_ELSEWHERE'), 'VALID']);
  });

  test('of another station or activity is not answered by this code, nor by one made without any', async () => {
    const phone = await world.phone('34');
    const [here, there, otherActivity] = [await challengeAt(station), await challengeAt(second), await challengeAt(station, 'a-9')];
    expect(said(await verify({ text: await phone.show(textOf(there)), challengeId: here.id }))).toBe('PROOF_ELSEWHERE');
    expect(said(await verify({ text: await phone.show(textOf(otherActivity)), challengeId: here.id }))).toBe('PROOF_ELSEWHERE');
    expect(said(await verify({ text: await phone.show(textOf(here)), challengeId: here.id, activity: 'a-9' }))).toBe('PROOF_ELSEWHERE');
    expect(said(await verify({ text: await phone.show(textOf(here)), challengeId: here.id, stationId: second }))).toBe('PROOF_ELSEWHERE');
    expect(said(await verify({ text: await phone.show(), challengeId: here.id }))).toBe('PROOF_ELSEWHERE');
    expect(said(await verify({ text: await phone.show(textOf(here)), challengeId: here.id, stationId: station, activity: 'a-1' }))).toBe('VALID');
  });

  test('ends with its step, and so does a code that answers none', async () => {
    const [challenge, phone] = [await challengeAt(station), await world.phone('34')];
    const [answer, free] = [await phone.show(textOf(challenge)), await phone.show()];
    ahead += 61;
    expect(said(await verify({ text: answer, challengeId: challenge.id }))).toBe('PROOF_STEP');
    expect(said(await verify({ text: free }))).toBe('PROOF_STEP');
  });

  test('is what high risk asks for; without one no phone does, and paper never', async () => {
    expect(said(await verify({ text: await (await world.phone('34')).show(), risk: 'HIGH' }))).toBe('CHALLENGE_REQUIRED');
    expect(said(await verify({ text: await world.paper('34', '王*'), risk: 'HIGH', activity: 'a-1' }))).toBe('PAPER_NOT_ALLOWED');
  });

  test('is the same for the same client key, and no other act\'s', async () => {
    const input = { stationId: station, activity: 'a-1', clientKey: key() };
    const [one, two] = [await openPassChallenge(replicas[0]!, clerk, request, input), await openPassChallenge(replicas[1]!, clerk, request, input)];
    expect(textOf(two)).toBe(textOf(one));
    expect(await audited(one.id)).toMatchObject([{ kind: 'PASS_CHECK', reason: 'CHALLENGE', member_id: null }]);
    expect(await failed(openPassChallenge(replicas[0]!, clerk, request, { ...input, activity: 'a-2' }))).toBe('CLIENT_KEY_REUSED');
  });
});

describe('a printed pass', () => {
  test('shows its masked name for a purpose that opens one, to a role that may see one', async () => {
    const text = await world.paper('34', '王*');
    const nameFor = async (purpose: string | undefined, viewer: Viewer): Promise<unknown> => {
      const check = await verify({ text, ...(purpose ? { purpose } : {}) }, { viewer });
      return 'refusal' in check ? check.refusal.code : check.maskedName;
    };
    expect(await nameFor('ACTIVITY_ADMISSION', clerk)).toBe('王*');
    expect(await nameFor(undefined, clerk)).toBeNull();
    expect(await nameFor('MEMBER_SERVICE', clerk)).toBeNull();
    expect(await nameFor('CHECK_IN', { ...clerk, subject: 'system', role: 'verifying_system' })).toBeNull();
    expect(await nameFor('CHECK_IN', { ...clerk, subject: 'office', role: 'organization_administrator' })).toBeNull();
  });

  test('is used once an activity, whatever the session', async () => {
    const text = await world.paper('34', '李*');
    expect(said(await verify({ text, activity: 'p-1', session: '1' }))).toBe('VALID');
    expect(said(await verify({ text, activity: 'p-1', session: '2' }))).toBe('SECOND_USE');
    expect(said(await verify({ text, activity: 'p-2' }))).toBe('VALID');
  });

  test('leaves its name in no table', async () => {
    const check = await verify({ text: await world.paper('34', '欧阳*'), purpose: 'CHECK_IN', activity: 'p-3' });
    expect(check).toMatchObject({ maskedName: '欧阳*' });
    expect((await audited(check.id))[0]!.fields).toEqual(['maskedName']);
    for (const table of ['pass_check', 'pass_use', 'audit_entry']) expect(JSON.stringify(await replicas[0]!.db.query(`select * from ${table}`))).not.toContain('欧阳');
  });
});

describe('the same client key', () => {
  test('repeats a valid check, also sent twice in the same instant, recorded once', async () => {
    const input = { text: await (await world.phone('34')).show(), activity: 'k-1', clientKey: key() };
    const [one, two] = await Promise.all([verify(input), verify(input, { replica: 1 })]);
    expect([said(one), said(two)]).toEqual(['VALID', 'VALID']);
    expect(two.id).toBe(one.id);
    expect((await verify(input)).id).toBe(one.id);
    expect(await audited(one.id)).toHaveLength(1);
    expect(await failed(verify({ ...input, activity: 'k-2' }))).toBe('CLIENT_KEY_REUSED');
  });

  test('gives a paper\'s name again, which is not kept', async () => {
    const input = { text: await world.paper('34', '赵*'), purpose: 'CHECK_IN', clientKey: key() };
    const [one, two] = [await verify(input), await verify(input)];
    expect(two).toEqual(one);
  });
});

describe('who may', () => {
  test.each(['member', 'grid_worker', 'province_auditor', 'zone_operator', 'dashboard'] as const)('not %s', async (role) => {
    const viewer = { ...clerk, role };
    const text = await (await world.phone('34')).show();
    expect(await failed(verify({ text }, { viewer }))).toBe('FORBIDDEN');
    expect(await failed(openPassChallenge(replicas[0]!, viewer, request, { stationId: station, activity: 'a-1', clientKey: key() }))).toBe('FORBIDDEN');
    expect(said(await verify({ text }))).toBe('VALID');
  });

  test('another system and an administrator may, each at stations of their own organisation and no other', async () => {
    for (const role of ['verifying_system', 'organization_administrator'] as const) {
      const viewer = { ...clerk, role, subject: role };
      expect(said(await verify({ text: await (await world.phone('31')).show(), stationId: station }, { viewer }))).toBe('VALID');
      const text = await (await world.phone('31')).show();
      expect(await failed(verify({ text, stationId: foreign }, { viewer }))).toBe('OUT_OF_SCOPE');
      expect(await failed(verify({ text, stationId: idOf(9) }, { viewer }))).toBe('OUT_OF_SCOPE');
      expect(await failed(verify({ text, stationId: station.replace('31', '34') }, { viewer }))).toBe('FOREIGN_ID');
      expect(await failed(verify({ text, challengeId: idOf(9) }, { viewer }))).toBe('NOT_FOUND');
    }
    expect(await failed(openPassChallenge(replicas[0]!, clerk, request, { stationId: foreign, activity: 'a-1', clientKey: key() }))).toBe('OUT_OF_SCOPE');
  });

  test('as many as the limit a minute, and then again in the next; another viewer is not kept out', async () => {
    const few = servicesOver(sources[0]!, 3);
    const viewer = { ...clerk, subject: 'busy' };
    ahead += 60 - (Math.floor(now().getTime() / 1000) % 60);
    const one = (as: Viewer): Promise<string> => verifyPass(few, as, request, { text: 'AP2:nothing', clientKey: key() }).then(said, (error: { code: string }) => error.code);
    expect((await Promise.all(Array.from({ length: 5 }, () => one(viewer)))).sort()).toEqual([...Array<string>(3).fill('BASE45_CHARACTER'), ...Array<string>(2).fill('VERIFY_LIMIT')]);
    expect(await one({ ...viewer, subject: 'calm' })).toBe('BASE45_CHARACTER');
    ahead += 60;
    expect(await one(viewer)).toBe('BASE45_CHARACTER');
  });
});

test.each(['', ' ', 'a b', '组织生活', 'x'.repeat(65)])('an activity or session %p is no id', async (name) => {
  expect(await failed(verify({ text: 'AP2:', activity: name }))).toBe('ACTIVITY_INVALID');
  expect(await failed(verify({ text: 'AP2:', activity: 'a', session: name }))).toBe('ACTIVITY_INVALID');
});

test('what can be refused by nothing any more is forgotten, and a use is not', async () => {
  const phone = await world.phone('34');
  await verify({ text: await phone.show(), activity: 'f-1' });
  await challengeAt(station);
  const count = async (table: string): Promise<number> => (await replicas[0]!.db.query<{ n: number }>(`select count(*)::integer as n from ${table}`))[0]!.n;
  await forgetShown(replicas[0]!.db, now());
  expect(await count('pass_proof')).toBeGreaterThan(0);
  const uses = await count('pass_use');
  await forgetShown(replicas[0]!.db, new Date(now().getTime() + 49 * 3_600_000));
  expect(await Promise.all(['pass_proof', 'pass_challenge', 'pass_check', 'pass_check_usage'].map(count))).toEqual([0, 0, 0, 0]);
  expect(await count('pass_use')).toBe(uses);
});

test('without a trust list nothing is judged', async () => {
  const none = { ...replicas[0]!, passChecking: { ...replicas[0]!.passChecking, lists: { ...world.lists, trust: () => undefined } } };
  expect(await failed(verifyPass(none, clerk, request, { text: 'AP2:', clientKey: key() }))).toBe('PASS_LISTS_MISSING');
});
