import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { openTrustList } from '@delta/pass';
import { createDatabase, type Database } from '@delta/runtime/db/database';
import { openDatabase } from '@delta/runtime/db/dataSource';
import { createHttpServer, type HttpServer } from '@delta/service/httpServer';
import { createSigner, createTrust, generateKeyPair, type Signer, type Trust } from '@delta/service/keys';
import { createLog } from '@delta/service/log';
import { createMetrics, type Metrics } from '@delta/service/metrics';
import type { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../tests/support/database.js';
import { createTestRoots, newPassSigner, secondsAt, trustContent, trustKeyOf } from '../../../../tests/support/passTrust.js';
import { zoneMigrations } from '../migrations/index.js';
import { trustListMetrics } from './trustListMetrics.js';
import { publicationType, trustListPath, trustListRoutes, trustListType } from './trustListRoutes.js';

const { roots, signers, sign } = createTestRoots();
let database: TestDatabase;
let source: DataSource;
let db: Database;
let server: HttpServer;
let metrics: Metrics;
let address: URL;
let operator: Signer;
let stranger: Signer;
let now = new Date();

beforeAll(async () => {
  database = await createTestDatabase();
  source = await openDatabase({ url: database.url, ownerUrl: database.ownerUrl, entities: [], migrations: zoneMigrations, applicationName: 'trustList', poolSize: 4, statementTimeoutMs: 5_000 });
  db = createDatabase(source, 'ZONE_UNAVAILABLE');
  const [zone, province] = [await generateKeyPair('zone'), await generateKeyPair('shanghai')];
  [operator, stranger] = [await createSigner(zone.privateKey, 'zone'), await createSigner(province.privateKey, 'shanghai')];
  const trust: Trust = await createTrust({ keys: { zone: [zone.publicKey], shanghai: [province.publicKey] } });
  metrics = createMetrics('zone');
  trustListMetrics(metrics, { db, roots, now: () => now });
  server = createHttpServer({ name: 'zone', log: createLog('zone', { level: 'fatal' }), metrics, host: '127.0.0.1', port: 0, ready: () => Promise.resolve({ ok: true, checks: {} }) });
  trustListRoutes({ db, trust, roots, now: () => now })(server.fastify);
  address = new URL(trustListPath, (await server.listen()).url);
});
afterAll(async () => {
  await server.drain();
  await source.destroy();
  await database.drop();
});
beforeEach(async () => {
  now = new Date();
  await asOwner('truncate trust_list');
});

async function asOwner(sql: string): Promise<void> {
  const owner = await openDatabase({ url: database.ownerUrl, entities: [], migrations: zoneMigrations, applicationName: 'trustList owner', poolSize: 2, statementTimeoutMs: 5_000 });
  await owner.manager.query(sql);
  await owner.destroy();
}

interface Outcome { readonly status: number; readonly sequence?: number; readonly code?: string; readonly refusal?: string }
async function publish(list: Uint8Array, { by = operator, dig = list }: { readonly by?: Signer; readonly dig?: Uint8Array } = {}): Promise<Outcome> {
  const signature = await by.sign({ dig: createHash('sha256').update(dig).digest('base64url') }, { type: publicationType, audience: 'zone', expiresInSeconds: 60 });
  const answer = await fetch(address, { method: 'POST', body: Buffer.from(list), headers: { 'content-type': trustListType, 'x-delta-signature': signature } });
  const body = await answer.json() as { sequence?: number; errors?: [{ extensions: { code: string; refusal?: string } }] };
  const extensions = body.errors?.[0].extensions;
  return { status: answer.status, ...(body.sequence === undefined ? {} : { sequence: body.sequence }), ...(extensions ? { code: extensions.code } : {}), ...(extensions?.refusal ? { refusal: extensions.refusal } : {}) };
}
const content = (more: Parameters<typeof trustContent>[1] = {}) => trustContent(secondsAt(now), more);
const published = async (): Promise<Uint8Array | null> => {
  const answer = await fetch(address);
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
};
const refusedAs = (refusal: string) => ({ status: 422, code: 'TRUST_LIST_REFUSED', refusal });

describe('the zone', () => {
  test('gives nothing before the first list, then the newest, byte for byte as it was signed', async () => {
    expect((await fetch(address)).status).toBe(404);
    const [first, second] = [await sign(content()), await sign(content({ sequence: 5 }))];
    expect(await publish(first)).toEqual({ status: 200, sequence: 1 });
    expect(await publish(second)).toEqual({ status: 200, sequence: 5 });
    expect(await published()).toEqual(second);
    expect((await openTrustList((await published())!, { roots })).sequence).toBe(5);
  });

  test('refuses, and stores nothing of, a list that one root signed, twice or with a stranger', async () => {
    const strange = newPassSigner();
    for (const by of [[signers[0]!], [signers[0]!, signers[0]!], [signers[0]!, strange]]) expect(await publish(await sign(content(), by))).toEqual(refusedAs('TRUST_LIST_SIGNATURES'));
    expect(await published()).toBeNull();
  });

  test('refuses a list with a byte changed', async () => {
    const forged = Uint8Array.from(await sign(content()));
    forged[forged.length - 1]! ^= 1;
    expect(await publish(forged)).toEqual(refusedAs('SIGNATURE_INVALID'));
    expect(await published()).toBeNull();
  });

  test('refuses to go back, by number or by another content under the same number', async () => {
    const list = await sign(content({ sequence: 7 }));
    await publish(list);
    for (const more of [{ sequence: 6 }, { sequence: 7, compromised: ['0011223344556677'] }]) expect(await publish(await sign(content(more)))).toEqual(refusedAs('TRUST_LIST_ROLLED_BACK'));
    expect(await published()).toEqual(list);
  });

  test('takes the same content signed by others for the same list', async () => {
    const list = await sign(content());
    await publish(list);
    expect(await publish(await sign(content(), [signers[1]!, signers[3]!]))).toEqual({ status: 200, sequence: 1 });
    expect(await published()).toEqual(list);
  });

  test('refuses a list that is over, and one from the future', async () => {
    const seconds = secondsAt(now);
    expect(await publish(await sign(trustContent(seconds - 8 * 86_400)))).toEqual(refusedAs('TRUST_LIST_EXPIRED'));
    expect(await publish(await sign(trustContent(seconds + 600)))).toEqual(refusedAs('STATION_CLOCK'));
    expect(await published()).toBeNull();
  });

  test('hears its operator alone: neither a province, nor a signature over another list, nor none', async () => {
    const list = await sign(content());
    expect(await publish(list, { by: stranger })).toEqual({ status: 401, code: 'SIGNATURE_INVALID' });
    expect(await publish(list, { dig: await sign(content({ sequence: 2 })) })).toEqual({ status: 401, code: 'SIGNATURE_INVALID' });
    expect((await fetch(address, { method: 'POST', body: Buffer.from(list), headers: { 'content-type': trustListType } })).status).toBe(401);
    expect(await published()).toBeNull();
  });

  test('refuses more than a list may have, before it is read', async () => {
    expect(await publish(new Uint8Array(64 * 1024 + 1))).toEqual(refusedAs('OVERSIZED'));
    expect(await publish(new Uint8Array(128 * 1024))).toMatchObject({ status: 413 });
  });

  test('of two lists under one number that come at once, exactly one is taken', async () => {
    const rivals = await Promise.all([content(), content({ compromised: ['0011223344556677'] })].map((each) => sign(each)));
    const outcomes = await Promise.all(rivals.map((list) => publish(list)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(await published()).toEqual(rivals[outcomes.findIndex(({ status }) => status === 200)]);
  });

  test('its service can change or remove no list', async () => {
    await publish(await sign(content()));
    for (const sql of ['update trust_list set sequence = 9', 'delete from trust_list', 'truncate trust_list']) await expect(db.query(sql)).rejects.toThrow(/permission denied/);
  });

  test('says in its metrics when the list ends and which keys have no next one', async () => {
    const seconds = secondsAt(now);
    const key = newPassSigner();
    const ending = trustKeyOf(key, '31', 'pass', seconds, { until: seconds + 20 * 86_400 });
    await publish(await sign(content({ sequence: 3, keys: [ending] })));
    const said = await metrics.registry.metrics();
    expect(said).toContain(`delta_pass_trust_list_expires ${seconds + 7 * 86_400}`);
    expect(said).toContain('delta_pass_trust_list_sequence 3');
    expect(said).toContain('delta_pass_keys_without_next 1');
    await publish(await sign(content({ sequence: 4, keys: [ending, trustKeyOf(newPassSigner(), '31', 'pass', seconds, { from: ending.until })] })));
    expect(await metrics.registry.metrics()).toContain('delta_pass_keys_without_next 0');
  });

  test('says the rest in its metrics after a root was replaced and the list in force opens no more', async () => {
    await publish(await sign(content({ sequence: 3 })));
    const pinnedAnew = createMetrics('zone');
    trustListMetrics(pinnedAnew, { db, roots: createTestRoots().roots, now: () => now });
    const said = await pinnedAnew.registry.metrics();
    expect(said).toContain('delta_pass_trust_list_sequence 3');
    expect(said).not.toMatch(/^delta_pass_keys_without_next /m);
  });
});
