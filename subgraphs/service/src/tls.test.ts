import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createHttpServer, type HttpServer } from './httpServer.js';
import { createLog } from './log.js';
import { createMetrics } from './metrics.js';
import { createAuthority, writeCertificate, type Authority } from './testing/certificates.js';
import { fetchOver, loadMutualTls, type TlsFiles } from './tls.js';

const folder = mkdtempSync(join(tmpdir(), 'tls-'));
let server: HttpServer;
let url: string;
let zone: Authority;
let stranger: Authority;
beforeAll(async () => {
  [zone, stranger] = [await createAuthority('zone'), await createAuthority('stranger')];
  server = createHttpServer({
    name: 'anhui', log: createLog('anhui', { level: 'silent' }), metrics: createMetrics('anhui'), host: '127.0.0.1', port: 0,
    ready: async () => ({ ok: true, checks: {} }), tls: await loadMutualTls(await writeCertificate(folder, 'anhui', zone)),
  });
  ({ url } = await server.listen());
});
afterAll(async () => {
  await server.drain();
  rmSync(folder, { recursive: true });
});

const get = async (files?: TlsFiles): Promise<string> => {
  const send = fetchOver(files && await loadMutualTls(files));
  return send(`${url}/health`, { headers: { connection: 'close' } }).then(({ status }) => String(status), () => 'refused');
};

test('lets in a caller with a certificate of the authority', async () => {
  expect(url).toMatch(/^https:/);
  expect(await get(await writeCertificate(folder, 'gateway', zone))).toBe('200');
});

test('lets in nobody else: no certificate, another authority\'s, or no TLS at all', async () => {
  expect(await get()).toBe('refused');
  expect(await get(await writeCertificate(folder, 'impostor', stranger, zone))).toBe('refused');
  await expect(fetch(`${url.replace('https', 'http')}/health`)).rejects.toThrow();
});

test('a caller does not speak to a server of another authority', async () => {
  expect(await get(await writeCertificate(folder, 'careful', zone, stranger))).toBe('refused');
});

test('takes all three files or none, and says so when they do not fit', async () => {
  const files = await writeCertificate(folder, 'shanghai', zone);
  expect(await loadMutualTls({ tlsCertFile: undefined, tlsKeyFile: undefined, tlsCaFile: undefined })).toBeUndefined();
  await expect(loadMutualTls({ ...files, tlsCaFile: undefined })).rejects.toThrow(/DELTA_TLS_CA_FILE/);
  await expect(loadMutualTls({ ...files, tlsKeyFile: (await writeCertificate(folder, 'jiangsu', zone)).tlsKeyFile })).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
});
