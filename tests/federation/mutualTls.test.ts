import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createAuthority, writeCertificate } from '@delta/service/testing/certificates';
import { fetchOver, loadMutualTls } from '@delta/service/tls';
import { lookupDocument, startTestZone, type TestZone } from '../support/zone.js';

const folder = mkdtempSync(join(tmpdir(), 'zone-tls-'));
let zone: TestZone;

beforeAll(async () => {
  const authority = await createAuthority('zone');
  const env = async (name: string): Promise<Record<string, string>> => {
    const { tlsCertFile, tlsKeyFile, tlsCaFile } = await writeCertificate(folder, name, authority);
    return { DELTA_TLS_CERT_FILE: tlsCertFile!, DELTA_TLS_KEY_FILE: tlsKeyFile!, DELTA_TLS_CA_FILE: tlsCaFile! };
  };
  const send = fetchOver(await loadMutualTls(await writeCertificate(folder, 'operator', authority)));
  zone = await startTestZone({ members: 10, gatewayEnv: await env('gateway'), zoneEnv: await env('directory'), provinceEnv: await env('province'), send });
});
afterAll(async () => {
  await zone.close();
  rmSync(folder, { recursive: true });
});

test('a lookup goes from the gateway through zone and provinces over certificates on every leg, registration included', async () => {
  expect(Object.values(zone.urls).every((url) => url.startsWith('https:'))).toBe(true);
  const input = { idNumber: zone.anchors('anhui').people[0].idNumber, purpose: 'CHECK_IN', clientKey: crypto.randomUUID() };
  const { data, errors } = await zone.ask(lookupDocument, { input }, await zone.token());
  expect(errors).toBeUndefined();
  expect(data.shanghai.openLookup.lookup.member).toMatchObject({ __typename: 'AnhuiMember' });
});

test('a subgraph does not even say that it lives to a caller without a certificate of the zone', async () => {
  const foreign = await loadMutualTls(await writeCertificate(folder, 'foreign', await createAuthority('elsewhere')));
  for (const url of Object.values(zone.urls)) {
    await expect(fetchOver(foreign)(new URL('/health', url))).rejects.toThrow();
    await expect(fetch(new URL('/health', url))).rejects.toThrow();
  }
});
