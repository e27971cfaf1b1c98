import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { signKnownIssued, signStatusList, statusBytes, type TrustListContent } from '@delta/pass';
import { provinceByCode } from '@delta/schema/provinces';
import type { HttpServer } from '@delta/service/httpServer';
import { createLog } from '@delta/service/log';
import { createMetrics, type Metrics } from '@delta/service/metrics';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createTestRoots, kidOf, newPassSigner, secondsAt, trustContent, trustKeyOf } from '../../../../tests/support/passTrust.js';
import { createDatabase, type Database } from '../db/database.js';
import { openDatabase } from '../db/dataSource.js';
import { provinceMigrations } from '../db/migrations/index.js';
import { createStatusPublisher, type PassKey } from '../pass/index.js';
import type { OwnLists, PassLists } from './passLists.js';
import { startPassLists } from './startPassLists.js';
import { enterPass } from './testing/enterPass.js';
import { serveLists, statusOf, type Published } from './testing/serveLists.js';

const { roots, sign, signers } = createTestRoots();
const jiangsu = { pass: newPassSigner(), status: newPassSigner() };
const anhui = { pass: newPassSigner(), status: newPassSigner() };
const [jiangsuKid, anhuiKid] = [kidOf(jiangsu.pass), kidOf(anhui.pass)];
const now = new Date();
const seconds = secondsAt(now);
const log = createLog('shanghai', { level: 'fatal' });

let database: TestDatabase;
let source: DataSource;
let db: Database;
/** One real server speaks for the zone and for the issuers; what it gives is what a test put there. */
let web: HttpServer;
let address: string;
let published: Published = {};
let asked: string[] = [];
const running: PassLists[] = [];
let metrics: Metrics;

beforeAll(async () => {
  database = await createTestDatabase();
  source = await openDatabase({ url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: provinceMigrations, applicationName: 'passLists', poolSize: 4, statementTimeoutMs: 5_000 });
  db = createDatabase(source, 'PROVINCE_UNAVAILABLE');
  web = serveLists(log, () => published, (line) => { asked.push(line); });
  address = (await web.listen()).url;
});
beforeEach(() => {
  [published, asked] = [{}, []];
  return db.query('delete from pass_list');
});
afterEach(() => Promise.all(running.splice(0).map((lists) => lists.stop())));
afterAll(async () => {
  await web.drain();
  await source.destroy();
  await database.drop();
});

async function start(options: { readonly db?: Database; readonly own?: OwnLists; readonly pinned?: typeof roots; readonly everyMs?: number; readonly trustEveryMs?: number } = {}): Promise<PassLists> {
  metrics = createMetrics('shanghai');
  const lists = await startPassLists({ db: options.db ?? db, roots: options.pinned ?? roots, zoneUrl: address, send: fetch, own: options.own, log, metrics, now: () => now, trustEveryMs: options.trustEveryMs ?? 3_600_000, everyMs: options.everyMs ?? 3_600_000 });
  running.push(lists);
  return lists;
}
const pulled = async (options: Parameters<typeof start>[0] = {}): Promise<PassLists> => {
  const lists = await start(options);
  await lists.refresh();
  return lists;
};
const restarted = (lists: PassLists, options: Parameters<typeof start>[0] = {}): Promise<PassLists> => lists.stop().then(() => start(options));

const content = (more: Partial<TrustListContent> = {}): TrustListContent => trustContent(seconds, {
  keys: [trustKeyOf(jiangsu.pass, '32', 'pass', seconds), trustKeyOf(jiangsu.status, '32', 'status', seconds), trustKeyOf(anhui.pass, '34', 'pass', seconds), trustKeyOf(anhui.status, '34', 'status', seconds)],
  peers: [{ owner: '32', address }, { owner: '34', address }], ...more,
});
const publish = (name: string, bytes: Uint8Array | 'hangs'): void => { published[`/pass/${name}`] = bytes; };
async function publishAll(): Promise<void> {
  publish('trust-list', await sign(content({ compromised: [anhuiKid] })));
  publish(`status/${jiangsuKid}`, await statusOf('32', jiangsu, seconds));
  publish(`status/${anhuiKid}`, await statusOf('34', anhui, seconds));
  publish(`known-issued/${anhuiKid}`, await signKnownIssued({ issuer: '34', kid: anhuiKid, issuedAt: seconds, digests: [new Uint8Array(32).fill(7)] }, anhui.status));
}
const refusals = async (): Promise<string> => (await metrics.registry.metrics()).split('\n').filter((line) => line.startsWith('delta_pass_list_refusals_total')).join('\n');

describe('lists of all provinces', () => {
  test('are pulled, verified and kept; a later pull brings nothing whole that is held', async () => {
    await publishAll();
    const lists = await pulled();
    expect(lists.trust()?.sequence).toBe(1);
    expect(lists.status(jiangsuKid)?.issuedAt).toBe(seconds);
    expect(lists.knownIssued(anhuiKid)?.has(new Uint8Array(32).fill(7))).toBe(true);
    expect(lists.knownIssued(jiangsuKid)).toBeUndefined();
    asked = [];
    await lists.refresh();
    expect(asked.sort()).toEqual(['/pass/trust-list 304', `/pass/status/${jiangsuKid} 304`, `/pass/status/${anhuiKid} 304`, `/pass/known-issued/${anhuiKid} 304`].sort());
    expect(await metrics.registry.metrics()).toContain(`delta_pass_list_age_seconds{list="STATUS",kid="${jiangsuKid}"}`);
  });

  test('are good without any network after a restart', async () => {
    await publishAll();
    const before = await pulled();
    published = {};
    const lists = await restarted(before);
    expect([lists.trust()?.sequence, lists.status(anhuiKid)?.issuedAt, lists.knownIssued(anhuiKid)?.kid]).toEqual([1, seconds, anhuiKid]);
    expect(lists.memory.last()).toEqual({ sequence: 1, digest: lists.trust()!.digest });
  });

  test('are pulled at once when the trust list is another', async () => {
    publish('trust-list', await sign(content({ keys: content().keys.slice(0, 2) })));
    const lists = await pulled({ trustEveryMs: 50 });
    publish(`status/${anhuiKid}`, await statusOf('34', anhui, seconds));
    publish('trust-list', await sign(content({ sequence: 2 })));
    for (const end = Date.now() + 5_000; lists.status(anhuiKid) === undefined && Date.now() < end;) await delay(20);
    expect(lists.status(anhuiKid)?.issuedAt).toBe(seconds);
  });
});

describe('nothing is taken', () => {
  test('that is older than what was accepted before a restart', async () => {
    await publishAll();
    publish('trust-list', await sign(content({ sequence: 8 })));
    const before = await pulled();
    publish('trust-list', await sign(content({ sequence: 7 })));
    publish(`status/${jiangsuKid}`, await statusOf('32', jiangsu, seconds - 60, [3]));
    const lists = await restarted(before);
    await lists.refresh();
    expect([lists.trust()?.sequence, lists.status(jiangsuKid)?.issuedAt]).toEqual([8, seconds]);
    expect(await refusals()).toContain('list="TRUST",code="TRUST_LIST_ROLLED_BACK"');
    expect(await refusals()).toContain('list="STATUS",code="STATUS_LIST_ROLLED_BACK"');
  });

  test('of another content under the same number', async () => {
    publish('trust-list', await sign(content()));
    const lists = await pulled();
    publish('trust-list', await sign(content({ compromised: [anhuiKid] })));
    await lists.refresh();
    expect(lists.trust()?.isCompromised(anhuiKid)).toBe(false);
    expect(await refusals()).toContain('code="TRUST_LIST_ROLLED_BACK"');
  });

  test('that a replica of this province has left behind', async () => {
    await publishAll();
    const [slow, quick] = [await start(), await start()];
    await slow.refresh();
    publish(`status/${jiangsuKid}`, await statusOf('32', jiangsu, seconds + 30));
    await quick.refresh();
    publish(`status/${jiangsuKid}`, await statusOf('32', jiangsu, seconds + 10));
    await slow.refresh();
    const [row] = await db.query<{ number: string }>(`select number from pass_list where kind = 'STATUS' and kid = $1`, [jiangsuKid]);
    expect(row!.number).toBe(String(seconds + 30));
    expect(slow.status(jiangsuKid)?.issuedAt).toBe(seconds);
  });

  test('that one root signed, that strangers signed, that is over, or comes from the future', async () => {
    const others = createTestRoots();
    const lists = await start();
    for (const [list, code] of [
      [await sign(content(), [signers[1]!]), 'TRUST_LIST_SIGNATURES'], [await others.sign(content()), 'TRUST_LIST_SIGNATURES'],
      [await sign({ ...content(), issuedAt: seconds - 8 * 86_400, expires: seconds - 86_400 }), 'TRUST_LIST_EXPIRED'],
      [await sign({ ...content(), issuedAt: seconds + 600 }), 'STATION_CLOCK'],
    ] as const) {
      publish('trust-list', list);
      await lists.refresh();
      expect(lists.trust()).toBeUndefined();
      expect(await refusals()).toContain(`list="TRUST",code="${code}"`);
    }
    expect(await db.query('select 1 from pass_list')).toEqual([]);
  });

  test('about another key, from another province, or signed by a key for passes', async () => {
    publish('trust-list', await sign(content()));
    const lists = await start();
    const bytes = statusBytes(100);
    for (const [list, code] of [
      [await statusOf('34', anhui, seconds), 'STATUS_LIST_FOREIGN'],
      [await signStatusList({ issuer: '32', kid: jiangsuKid, issuedAt: seconds, bytes }, anhui.status), 'STATUS_LIST_FOREIGN'],
      [await signStatusList({ issuer: '32', kid: jiangsuKid, issuedAt: seconds, bytes }, jiangsu.pass), 'KEY_USE'],
      [new Uint8Array(1024 * 1024 + 1), 'UNREACHABLE'],
    ] as const) {
      publish(`status/${jiangsuKid}`, list);
      await lists.refresh();
      expect(lists.status(jiangsuKid)).toBeUndefined();
      expect(await refusals()).toContain(`list="STATUS",code="${code}"`);
    }
  });

  test('or kept that a key signed which the new trust list calls stolen', async () => {
    await publishAll();
    const lists = await pulled();
    publish('trust-list', await sign(content({ sequence: 2, compromised: [kidOf(jiangsu.status)] })));
    await lists.refresh();
    expect(lists.status(jiangsuKid)).toBeUndefined();
    expect(lists.status(anhuiKid)?.issuedAt).toBe(seconds);
    const again = await restarted(lists);
    expect(again.status(jiangsuKid)).toBeUndefined();
    expect(again.memory.lastIssuedAt(jiangsuKid)).toBe(seconds);
  });
});

test('what an earlier trust list vouched for falls with the next look where the database failed at the change', async () => {
  await publishAll();
  let isDown = false;
  const failing: Database = { ...db, query: ((sql: string, values?: unknown[]) => (isDown && sql.includes('passLists.stored') ? Promise.reject(new Error('away')) : db.query(sql, values))) as Database['query'] };
  const lists = await start({ db: failing });
  await lists.refresh();
  publish('trust-list', await sign(content({ sequence: 2, compromised: [kidOf(jiangsu.status)] })));
  isDown = true;
  await expect(lists.refresh()).rejects.toThrow('away');
  [isDown, published] = [false, {}];
  await lists.refresh();
  expect(lists.status(jiangsuKid)).toBeUndefined();
});

describe('a part that is dead', () => {
  test('costs nothing but the age of its lists', async () => {
    await publishAll();
    const lists = await pulled();
    publish('trust-list', await sign(content({ sequence: 2, peers: [{ owner: '32', address: 'http://127.0.0.1:9' }, { owner: '34', address }] })));
    publish(`status/${anhuiKid}`, await statusOf('34', anhui, seconds + 20));
    await lists.refresh();
    expect([lists.trust()?.sequence, lists.status(jiangsuKid)?.issuedAt, lists.status(anhuiKid)?.issuedAt]).toEqual([2, seconds, seconds + 20]);
    expect(await refusals()).toContain('list="STATUS",code="UNREACHABLE"');
  });

  test('is asked again as soon as the zone is, not a quarter of an hour later, and then tells of a revocation at once', async () => {
    publish('trust-list', await sign(content()));
    publish(`status/${jiangsuKid}`, await statusOf('34', anhui, seconds));
    const lists = await pulled({ trustEveryMs: 50 });
    expect(lists.status(jiangsuKid)).toBeUndefined();
    publish(`status/${jiangsuKid}`, await statusOf('32', jiangsu, seconds));
    for (const end = Date.now() + 5_000; lists.status(jiangsuKid) === undefined && Date.now() < end;) await delay(20);
    expect(lists.status(jiangsuKid)?.issuedAt).toBe(seconds);
    publish(`status/${jiangsuKid}`, await statusOf('32', jiangsu, seconds + 1, [5]));
    expect((await lists.freshStatus(jiangsuKid, 0))?.issuedAt).toBe(seconds + 1);
  });

  test('holds a station that wants a fresh status up for a second at most, the next one not at all, and is heard as soon as it is back', async () => {
    await publishAll();
    const lists = await pulled();
    publish(`status/${jiangsuKid}`, 'hangs');
    asked = [];
    const started = performance.now();
    expect((await lists.freshStatus(jiangsuKid, 0))?.issuedAt).toBe(seconds);
    // Well below the ten seconds that a pull has, and above what a machine under load adds.
    expect(performance.now() - started).toBeLessThan(5_000);
    // It is asked once more, and that question still hangs when all have been answered.
    for (let i = 0; i < 50; i += 1) expect((await lists.freshStatus(jiangsuKid, 0))?.issuedAt).toBe(seconds);
    for (const end = Date.now() + 5_000; asked.length < 2 && Date.now() < end;) await delay(20);
    expect(asked).toEqual([`/pass/status/${jiangsuKid} hangs`, `/pass/status/${jiangsuKid} hangs`]);
    publish(`status/${jiangsuKid}`, await statusOf('32', jiangsu, seconds + 1, [5]));
    const back = performance.now();
    while ((await lists.freshStatus(jiangsuKid, 0))?.issuedAt === seconds && performance.now() - back < 7_000) await delay(20);
    expect(performance.now() - back).toBeLessThan(3_000);
  });
});

describe('a station that is online', () => {
  test('sees a revocation elsewhere at once, and asks no oftener than it wants to know', async () => {
    await publishAll();
    const lists = await pulled();
    publish(`status/${jiangsuKid}`, await statusOf('32', jiangsu, seconds + 1, [5]));
    expect((await lists.freshStatus(jiangsuKid, 60_000))?.issuedAt).toBe(seconds);
    expect((await lists.freshStatus(jiangsuKid, 0))?.issuedAt).toBe(seconds + 1);
    asked = [];
    await Promise.all([1, 2, 3].map(() => lists.freshStatus(jiangsuKid, 0)));
    expect(asked).toEqual([`/pass/status/${jiangsuKid} 304`]);
  });

  test('sees a revocation within a second also where two replicas of the issuer answer in turn, of which one signed earlier', async () => {
    publish('trust-list', await sign(content()));
    const revoke = await enterPass(db, '34', anhuiKid);
    const keys = { list: () => Promise.resolve((['pass', 'status'] as const).map((use) => trustKeyOf(anhui[use], '34', use, seconds) as PassKey)), sign: (kid: string, bytes: Uint8Array) => (kid === anhuiKid ? anhui.pass : anhui.status).sign(bytes) };
    const replicas = [0, 1].map(() => createStatusPublisher({ db, entry: provinceByCode('34')!, now: () => new Date(), passes: { keys, places: 1_000 } }));
    let turn = 0;
    await replicas[0]!.status(anhuiKid).then(() => delay(1_100));
    const lists = await pulled({ own: { issuer: '34', status: (kid) => replicas[(turn += 1) % 2]!.status(kid), knownIssued: () => Promise.resolve(undefined) } });
    for (let i = 0; i < 4; i += 1) await lists.freshStatus(anhuiKid, 0);
    await delay(200).then(revoke);
    const revokedAt = performance.now();
    while (((await lists.freshStatus(anhuiKid, 0))!.bytes[1]! >> 2 & 3) !== 1 && performance.now() - revokedAt < 6_000) await delay(20);
    expect(performance.now() - revokedAt).toBeLessThan(1_000);
    expect(await refusals()).toContain('list="STATUS",code="STATUS_LIST_ROLLED_BACK"');
  });

  test('makes nobody ask for a key that the trust list does not name', async () => {
    await publishAll();
    const lists = await pulled();
    asked = [];
    expect(await lists.freshStatus('00'.repeat(8), 0)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('has its own province\'s lists from where they are made', async () => {
    await publishAll();
    let mine = await statusOf('34', anhui, seconds + 5);
    const lists = await pulled({ own: { issuer: '34', status: () => Promise.resolve(mine), knownIssued: () => Promise.resolve(undefined) } });
    expect(lists.status(anhuiKid)?.issuedAt).toBe(seconds + 5);
    mine = await statusOf('34', anhui, seconds + 6, [1]);
    expect((await lists.freshStatus(anhuiKid, 0))?.issuedAt).toBe(seconds + 6);
    expect(asked.filter((line) => line.includes(anhuiKid))).toEqual([]);
  });
});
