import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { loadTrust } from '@delta/service/keys';
import { keyFiles } from '@delta/local/home';
import { fingerprintOfRoots, readRoots } from '@delta/pass';
import { readFile } from 'node:fs/promises';
import { newPassSigner, kidOf, type TestSigner } from '../support/passTrust.js';
import { startTestZone, type Answer, type TestZone } from '../support/zone.js';

let zone: TestZone;
let administrator: string;
let stationId: string;
let elsewhere: string;

interface Opened { readonly id: string; readonly code: string | null; readonly expiresAt: string; readonly rootsFingerprint: string }
interface Registration { readonly stationId: string; readonly kid: string; readonly serverTime: string; readonly certificate: string; readonly rootsFingerprint: string; readonly roots: readonly { readonly issuer: string }[] }

beforeAll(async () => {
  zone = await startTestZone();
  const { clerkOrganizationId } = zone.anchors('shanghai');
  const [own] = await zone.rows<{ id: string; organization_id: string }>('shanghai', 'select s.id, s.organization_id from service_station s join organization o on o.id = s.organization_id where $1 = any(o.path) limit 1', [clerkOrganizationId]);
  const [any] = await zone.rows<{ id: string; organization_id: string }>('shanghai', 'select id, organization_id from service_station order by id limit 1');
  const station = own ?? any!;
  stationId = station.id;
  administrator = await zone.token({ role: 'organization_administrator', organization: station.organization_id, subject: 'administrator' });
  const [other] = await zone.rows<{ id: string }>('shanghai', 'select s.id from service_station s join organization o on o.id = s.organization_id where not o.path @> array[$1] limit 1', [station.organization_id]);
  elsewhere = other!.id;
});
afterAll(async () => { await zone?.close(); });

let acts = 0;
const open = (input: { readonly stationId?: string; readonly clientKey?: string } = {}, token: string | null = administrator): Promise<Answer<{ shanghai: { openStationEnrolment: Opened } }>> =>
  zone.ask(`mutation($input: OpenStationEnrolmentInput!) { shanghai { openStationEnrolment(input: $input) { id stationId code expiresAt rootsFingerprint } } }`, { input: { stationId, clientKey: `enrolment-${(acts += 1)}`, ...input } }, token);
const keyText = ({ publicKey }: TestSigner): string => Buffer.from(publicKey).toString('base64url');
const enrol = (code: string, stationKey: string): Promise<Answer<{ shanghai: { enrolStation: Registration } }>> =>
  zone.ask(`mutation($input: EnrolStationInput!) { shanghai { enrolStation(input: $input) { stationId kid serverTime certificate rootsFingerprint roots { issuer kid publicKey } } } }`, { input: { code, stationKey } });
const withdraw = (token: string = administrator): Promise<Answer<{ shanghai: { withdrawStation: { kid: string | null } } }>> =>
  zone.ask(`mutation($input: WithdrawStationInput!) { shanghai { withdrawStation(input: $input) { stationId kid withdrawnAt } } }`, { input: { stationId } }, token);
const codeOf = (answer: Answer<unknown>): string | undefined => answer.errors?.[0]?.extensions.code;
const opened = async (): Promise<Opened & { readonly code: string }> => (await open()).data.shanghai.openStationEnrolment as Opened & { readonly code: string };
const audited = (): Promise<{ reason: string; viewer_subject: string | null }[]> => zone.rows('shanghai', `select reason, viewer_subject from audit_entry where kind = 'STATION' order by at, id`);
const keysInUse = (): Promise<{ kid: string }[]> => zone.rows('shanghai', 'select kid from station_key where station_id = $1 and ended_at is null', [stationId]);
/** Another secret for the same enrolment. */
const wrong = (code: string): string => code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');

test('a device is enrolled by its code under its own key, and gets what it has to pin', async () => {
  const { code, id, rootsFingerprint } = await opened();
  const key = newPassSigner();
  const { data, errors } = await enrol(code.toLowerCase().replaceAll('-', ' '), keyText(key));
  expect(errors).toBeUndefined();
  const roots = readRoots(await readFile(keyFiles(zone.home).passRoots, 'utf8'));
  expect(data.shanghai.enrolStation).toMatchObject({ stationId, kid: kidOf(key), rootsFingerprint: await fingerprintOfRoots(roots) });
  expect(rootsFingerprint).toBe(await fingerprintOfRoots(roots));
  expect(data.shanghai.enrolStation.roots.map(({ issuer }) => issuer)).toEqual(['31', '32', '33', '34']);
  const trust = await loadTrust(keyFiles(zone.home).trust);
  expect(await trust.verify(data.shanghai.enrolStation.certificate, { type: 'delta-station+jwt', issuer: 'shanghai', audience: stationId })).toMatchObject({ kid: kidOf(key), key: keyText(key), roots: rootsFingerprint });
  expect(await keysInUse()).toEqual([{ kid: kidOf(key) }]);
  expect((await audited()).slice(-2)).toEqual([{ reason: 'OPENED', viewer_subject: 'administrator' }, { reason: 'ENROLLED', viewer_subject: null }]);
  const stored = JSON.stringify(await zone.rows('shanghai', 'select * from station_enrolment where id = $1', [id]));
  expect(stored).not.toContain(code.replaceAll('-', '').slice(5));
});

test('a code is good once: another device is refused, the same one is answered alike, and who has not the code learns nothing', async () => {
  const { code } = await opened();
  const key = newPassSigner();
  const first = await enrol(code, keyText(key));
  expect((await enrol(code, keyText(key))).data.shanghai.enrolStation.kid).toBe(first.data.shanghai.enrolStation.kid);
  expect(codeOf(await enrol(code, keyText(newPassSigner())))).toBe('STATION_CODE_USED');
  expect(codeOf(await enrol(wrong(code), keyText(key)))).toBe('STATION_CODE_INVALID');
  expect(await keysInUse()).toEqual([{ kid: kidOf(key) }]);
});

test('of several devices that show one code at once, exactly one is enrolled', async () => {
  const { code } = await opened();
  const answers = await Promise.all(Array.from({ length: 4 }, () => enrol(code, keyText(newPassSigner()))));
  expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
  for (const answer of answers.filter(({ errors }) => errors)) expect(codeOf(answer)).toBe('STATION_CODE_USED');
  expect(await keysInUse()).toHaveLength(1);
});

test('after 15 minutes a code is good for nothing', async () => {
  const { code, id, expiresAt } = await opened();
  expect(Date.parse(expiresAt) - Date.now()).toBeLessThanOrEqual(15 * 60_000);
  // The gateway's contexts are judged by the same clock, so the enrolment is made older, not the province.
  await zone.rows('shanghai', `update station_enrolment set expires_at = expires_at - interval '15 minutes' where id = $1`, [id]);
  expect(codeOf(await enrol(code, keyText(newPassSigner())))).toBe('STATION_CODE_EXPIRED');
});

test('five wrong tries lock a code, also all at once, and it is recorded; only who has the right one learns of it', async () => {
  const { code, id } = await opened();
  const answers = await Promise.all(Array.from({ length: 8 }, () => enrol(wrong(code), keyText(newPassSigner()))));
  expect(answers.map(codeOf)).toEqual(Array(8).fill('STATION_CODE_INVALID'));
  expect(codeOf(await enrol(code, keyText(newPassSigner())))).toBe('STATION_CODE_LOCKED');
  expect(await zone.rows('shanghai', 'select tries, closed_as from station_enrolment where id = $1', [id])).toEqual([{ tries: 5, closed_as: 'EXHAUSTED' }]);
  expect((await audited()).slice(-2)).toEqual([{ reason: 'OPENED', viewer_subject: 'administrator' }, { reason: 'EXHAUSTED', viewer_subject: null }]);
});

test('an enrolment that is opened later voids the one before; repeated, it shows no code again', async () => {
  const { code } = await opened();
  const clientKey = 'the-same-key';
  const [first, again] = [await open({ clientKey }), await open({ clientKey })];
  expect(again.data.shanghai.openStationEnrolment).toEqual({ ...first.data.shanghai.openStationEnrolment, code: null });
  expect(first.data.shanghai.openStationEnrolment.code).not.toBeNull();
  expect(codeOf(await enrol(code, keyText(newPassSigner())))).toBe('STATION_CODE_USED');
});

test('enrolled again, a station signs with its new key alone; withdrawn, with none, and its open codes are void', async () => {
  const [old, key] = [newPassSigner(), newPassSigner()];
  await enrol((await opened()).code, keyText(old));
  await enrol((await opened()).code, keyText(key));
  expect(await keysInUse()).toEqual([{ kid: kidOf(key) }]);
  expect(codeOf(await enrol((await opened()).code, keyText(old)))).toBe('STATION_KEY_INVALID');
  const { code } = await opened();
  expect((await withdraw()).data.shanghai.withdrawStation.kid).toBe(kidOf(key));
  expect(codeOf(await enrol(code, keyText(newPassSigner())))).toBe('STATION_CODE_USED');
  expect(await keysInUse()).toEqual([]);
  expect(codeOf(await withdraw())).toBe('STATION_NOT_ENROLLED');
  expect((await audited()).at(-1)).toEqual({ reason: 'WITHDRAWN', viewer_subject: 'administrator' });
});

test('nobody but the administrator above a station opens its enrolment or withdraws it', async () => {
  const [clerk, jiangsu] = [await zone.token(), await zone.token({ province: 'jiangsu', role: 'organization_administrator' })];
  expect([codeOf(await open({}, clerk)), codeOf(await open({}, jiangsu)), codeOf(await open({}, null)), codeOf(await open({ stationId: elsewhere })), codeOf(await withdraw(clerk))]).toEqual(['FORBIDDEN', 'OUT_OF_SCOPE', 'UNAUTHENTICATED', 'OUT_OF_SCOPE', 'FORBIDDEN']);
});

test.each([['a code of nobody', 'ZZZZZ-ZZZZZ-ZZZZZ', undefined, 'STATION_CODE_INVALID'], ['no code', 'x', undefined, 'STATION_CODE_INVALID'], ['an abscissa beyond the field', undefined, `Av${'_'.repeat(42)}`, 'STATION_KEY_INVALID'], ['a whole point', undefined, `BA${'A'.repeat(42)}`, 'STATION_KEY_INVALID']])('%s is refused', async (_, code, key, refusal) => {
  expect(codeOf(await enrol(code ?? (await opened()).code, key ?? keyText(newPassSigner())))).toBe(refusal);
});
