import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { createAuthority, writeCertificate } from '@delta/service/testing/certificates';
import { codesOf, startTestZone } from './testing/testZone.js';

const folder = mkdtempSync(join(tmpdir(), 'gateway-tls-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

test('asks subgraphs that demand a certificate with its own, and reaches none of them without', async () => {
  const authority = await createAuthority('zone');
  const tls = await writeCertificate(folder, 'subgraphs', authority);
  const own = await writeCertificate(folder, 'gateway', authority);
  const document = '{ shanghai { name } }';

  const zone = await startTestZone({ tls, env: { DELTA_TLS_CERT_FILE: own.tlsCertFile!, DELTA_TLS_KEY_FILE: own.tlsKeyFile!, DELTA_TLS_CA_FILE: own.tlsCaFile! } });
  const answer = await zone.ask(document);
  expect(codesOf(answer)).toEqual([]);
  expect(zone.seen).toHaveLength(1);
  await zone.close();

  const without = await startTestZone({ tls });
  expect(codesOf(await without.ask(document))).toEqual(['PROVINCE_UNAVAILABLE']);
  expect(without.seen).toEqual([]);
  await without.close();
});
