import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { keyFiles } from './home.js';
import { startIssuer, type RunningIssuer } from './issuer.js';
import { provision } from './provision.js';

const organization = '31-01890000-0000-7000-8000-000000000001';
let home: string;
let issuer: RunningIssuer;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'delta-issuer-'));
  await provision(home);
  issuer = await startIssuer({ home, port: 0, mode: 'demo' });
});

afterAll(async () => {
  await issuer.close();
  await rm(home, { recursive: true });
});

async function ask(slug: string, fields: Record<string, string>, base = issuer.url) {
  const client = JSON.parse(await readFile(keyFiles(home).tokenClient, 'utf8')) as { clientId: string; clientSecret: string };
  const response = await fetch(`${base}/${slug}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${client.clientId}:${client.clientSecret}`)}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', ...fields }),
  });
  return { status: response.status, body: (await response.json()) as { access_token: string; expires_in: number; error: string; error_description: string } };
}

test('gives a JWT access token that verifies against its published keys and says what was asked', async () => {
  const { status, body } = await ask('shanghai', { role: 'station_clerk', organization, subject: 'clerk-1' });
  expect(status).toBe(200);
  const keys = createRemoteJWKSet(new URL(`${issuer.url}/shanghai/jwks`));
  const { payload } = await jwtVerify(body.access_token, keys, { issuer: `${issuer.url}/shanghai`, audience: 'delta', typ: 'at+jwt', algorithms: ['ES256'] });
  expect(payload).toMatchObject({ sub: 'clerk-1', role: 'station_clerk', province: '31', organization });
  expect(payload.exp! - payload.iat!).toBe(3600);
  expect(decodeProtectedHeader(body.access_token).typ).toBe('at+jwt');
});

test('is found by OpenID discovery under its own path', async () => {
  const found = (await (await fetch(`${issuer.url}/anhui/.well-known/openid-configuration`)).json()) as Record<string, string>;
  expect(found).toMatchObject({ issuer: `${issuer.url}/anhui`, jwks_uri: `${issuer.url}/anhui/jwks`, token_endpoint: `${issuer.url}/anhui/token` });
});

test('publishes no private key', async () => {
  const { keys } = (await (await fetch(`${issuer.url}/zone/jwks`)).json()) as { keys: Record<string, string>[] };
  expect(keys).toHaveLength(1);
  expect(keys[0]).not.toHaveProperty('d');
});

test.each([
  ['shanghai', { role: 'zone_operator' }, /only the roles/],
  ['zone', { role: 'station_clerk' }, /only the roles/],
  ['dashboard', { role: 'dashboard', organization }, /no organization/],
  ['shanghai', { role: 'emperor' }, /only the roles/],
  ['shanghai', {}, /only the roles/],
  ['shanghai', { role: 'station_clerk', organization: '34-01890000-0000-7000-8000-000000000001' }, /id of this province/],
  ['shanghai', { role: 'station_clerk', member: '01890000-0000-7000-8000-000000000001' }, /member id goes with/],
  ['shanghai', { role: 'member' }, /member id goes with/],
  ['shanghai', { role: 'member', member: '31-1' }, /UUID/],
  ['shanghai', { role: 'station_clerk', organization, expires_in: '0' }, /expires_in/],
  ['shanghai', { role: 'station_clerk', organization, expires_in: '1e3' }, /expires_in/],
])('the issuer %s refuses %j', async (slug, fields, reason) => {
  const { status, body } = await ask(slug, fields as Record<string, string>);
  expect(status).toBe(400);
  expect(body.error_description).toMatch(reason);
});

test('gives a token of the life that was asked', async () => {
  const { body } = await ask('shanghai', { role: 'station_clerk', organization, expires_in: '60' });
  expect(body.expires_in).toBe(60);
});

test('refuses whoever lacks the secret of the token command', async () => {
  const response = await fetch(`${issuer.url}/shanghai/token`, {
    method: 'POST', headers: { authorization: `Basic ${btoa('token-command:guess')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', role: 'station_clerk' }),
  });
  expect(response.status).toBe(401);
});

test('a token outlives a restart of the issuer, because its keys are kept', async () => {
  const { body } = await ask('anhui', { role: 'province_auditor' });
  await issuer.close();
  issuer = await startIssuer({ home, port: issuer.port, mode: 'demo' });
  const keys = createRemoteJWKSet(new URL(`${issuer.url}/anhui/jwks`));
  await expect(jwtVerify(body.access_token, keys, { audience: 'delta' })).resolves.toBeDefined();
});

test('does not start in production mode', async () => {
  await expect(startIssuer({ home, port: 0, mode: 'production' })).rejects.toThrow(/does not start with DELTA_MODE=production/);
});

test('names the variable when its port is taken', async () => {
  await expect(startIssuer({ home, port: issuer.port, mode: 'demo' })).rejects.toMatchObject({ code: 'PORT_IN_USE', message: expect.stringContaining('DELTA_ISSUER_PORT') as unknown });
});

test('provisioning twice keeps every secret, and nobody else can read one', async () => {
  const files = keyFiles(home);
  const secrets = [files.signing('gateway'), files.signing('anhui'), files.master('anhui'), files.blindIndex, files.issuer('zone'), files.trust, files.issuers];
  const before = await Promise.all(secrets.map((file) => readFile(file, 'utf8')));
  await Promise.all([provision(home), provision(home)]);
  expect(await Promise.all(secrets.map((file) => readFile(file, 'utf8')))).toEqual(before);
  for (const file of secrets) expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(files.directory)).mode & 0o777).toBe(0o700);
});

test('the trust file holds a public key of every service and the issuer list what each may give', async () => {
  const files = keyFiles(home);
  const trust = JSON.parse(await readFile(files.trust, 'utf8')) as { keys: Record<string, Record<string, string>[]> };
  expect(Object.keys(trust.keys)).toEqual(['gateway', 'zone', 'shanghai', 'jiangsu', 'zhejiang', 'anhui']);
  for (const [key] of Object.values(trust.keys)) expect(key).toMatchObject({ crv: 'Ed25519', alg: 'EdDSA' });
  expect(JSON.stringify(trust)).not.toContain('"d"');
  const issuers = JSON.parse(await readFile(files.issuers, 'utf8')) as { issuer: string; province: string | null; roles: string[]; organizationPrefix: string | null }[];
  expect(issuers).toHaveLength(6);
  expect(issuers[3]).toMatchObject({ issuer: 'http://127.0.0.1:4020/anhui', province: '34', organizationPrefix: '34-', jwksUri: 'http://127.0.0.1:4020/anhui/jwks' });
});
