import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from '@jest/globals';
import { SignJWT, exportJWK, generateKeyPair, type CryptoKey, type JWTPayload } from 'jose';
import { createBearerVerifier, loadBearerVerifier, type IssuerEntry } from './bearer.js';

const issuer = 'https://id.example/shanghai';
const pair = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
const entry: IssuerEntry = { issuer, kind: 'province', province: '31', roles: ['member', 'station_clerk'], organizationPrefix: '31-', jwks: { keys: [jwk] } };
const organization = '31-01980f3e-7c1a-7a52-8f00-1234567890ab';
const claims: JWTPayload = { sub: 'u1', role: 'station_clerk', province: '31', organization };
const verifier = createBearerVerifier([entry]);

interface TokenOptions { readonly key?: CryptoKey; readonly audience?: string; readonly typ?: string; readonly expires?: number; readonly iss?: string }
const token = (over: JWTPayload = {}, { key = pair.privateKey, audience = 'delta', typ = 'at+jwt', expires = 300, iss = issuer }: TokenOptions = {}): Promise<string> =>
  new SignJWT({ ...claims, ...over }).setProtectedHeader({ alg: 'ES256', kid: 'k1', typ }).setIssuer(iss).setAudience(audience)
    .setIssuedAt(Math.floor(Date.now() / 1000) - 10).setExpirationTime(Math.floor(Date.now() / 1000) + expires).sign(key);
const outcome = async (text: string | Promise<string>, by = verifier): Promise<unknown> => by.verify(await text).then((viewer) => viewer, (error: { code: string }) => error.code);

const servers: Server[] = [];
afterEach(() => { for (const server of servers.splice(0)) server.close(); });

test('reads the viewer from a token of the zone\'s issuers', async () => {
  expect(await outcome(token())).toEqual({ issuer, subject: 'u1', role: 'station_clerk', province: '31', organization, member: null });
  const member = '01980f3e-7c1a-7a52-8f00-1234567890ac';
  expect(await outcome(token({ role: 'member', member }))).toMatchObject({ role: 'member', member });
});

test('names what is wrong with a token', async () => {
  const foreign = await generateKeyPair('ES256');
  expect(await outcome('abc')).toBe('TOKEN_MALFORMED');
  expect(await outcome(token({}, { typ: 'JWT' }))).toBe('TOKEN_MALFORMED');
  expect(await outcome(token({ sub: '' }))).toBe('TOKEN_MALFORMED');
  expect(await outcome(token({}, { iss: 'https://evil.example' }))).toBe('TOKEN_ISSUER_UNKNOWN');
  expect(await outcome(token({}, { key: foreign.privateKey }))).toBe('TOKEN_SIGNATURE');
  expect(await outcome(token({}, { expires: -60 }))).toBe('TOKEN_EXPIRED');
  expect(await outcome(token({}, { audience: 'other' }))).toBe('TOKEN_AUDIENCE');
});

test('refuses algorithms that are not pinned', async () => {
  const hmac = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'k1', typ: 'at+jwt' }).setIssuer(issuer).setAudience('delta').setExpirationTime('5m').sign(Buffer.alloc(32));
  expect(await outcome(hmac)).toBe('TOKEN_SIGNATURE');
});

test('lets an issuer speak for its own roles, province and organisations only', async () => {
  expect(await outcome(token({ role: 'zone_operator' }))).toBe('TOKEN_ROLE_NOT_ALLOWED');
  expect(await outcome(token({ role: 'emperor' }))).toBe('TOKEN_ROLE_NOT_ALLOWED');
  expect(await outcome(token({ province: '34' }))).toBe('TOKEN_ROLE_NOT_ALLOWED');
  expect(await outcome(token({ organization: organization.replace('31-', '34-') }))).toBe('TOKEN_ROLE_NOT_ALLOWED');
  expect(await outcome(token({ organization: '31-everything' }))).toBe('TOKEN_ROLE_NOT_ALLOWED');
  expect(await outcome(token({ member: '01980f3e-7c1a-7a52-8f00-1234567890ac' }))).toBe('TOKEN_MALFORMED');
});

test('fetches the issuer\'s keys once, and forgets a verified token when it expires', async () => {
  let fetched = 0;
  const server = createServer((_, response) => { fetched += 1; response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })); }).listen(0, '127.0.0.1');
  servers.push(server);
  await new Promise((resolve) => server.once('listening', resolve));
  const { jwks: _jwks, ...remote } = entry;
  let moment = Date.now();
  const by = createBearerVerifier([{ ...remote, jwksUri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` }], { now: () => new Date(moment) });
  const text = await token();
  expect(await outcome(text, by)).toMatchObject({ subject: 'u1' });
  expect(await outcome(text, by)).toMatchObject({ subject: 'u1' });
  expect(fetched).toBe(1);
  moment += 400_000;
  expect(await outcome(text, by)).toBe('TOKEN_EXPIRED');
});

test('says that the issuer cannot be reached when its keys cannot be fetched', async () => {
  const { jwks: _jwks, ...remote } = entry;
  expect(await outcome(token(), createBearerVerifier([{ ...remote, jwksUri: 'http://127.0.0.1:1/jwks' }]))).toBe('ISSUER_UNAVAILABLE');
});

test('follows the list of issuers: one that was taken out is refused at once, for tokens verified before too', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'issuers-'));
  const path = join(folder, 'issuers.json');
  writeFileSync(path, JSON.stringify([entry]));
  const by = await loadBearerVerifier(path);
  const known = await token();
  expect(await outcome(known, by)).toMatchObject({ subject: 'u1' });
  writeFileSync(path, '[{"issuer":');
  await sleep(1_050);
  expect(await outcome(known, by)).toMatchObject({ subject: 'u1' });
  writeFileSync(path, JSON.stringify([{ ...entry, roles: ['member'] }]));
  await sleep(1_050);
  expect(await outcome(known, by)).toBe('TOKEN_ROLE_NOT_ALLOWED');
  writeFileSync(path, '[]');
  await sleep(1_050);
  expect(await outcome(known, by)).toBe('TOKEN_ISSUER_UNKNOWN');
  rmSync(folder, { recursive: true });
});
