import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, expect, test } from '@jest/globals';
import { createSigner, createTrust, generateKeyPair, loadSigner, loadTrust, type KeyError } from './keys.js';

const folder = mkdtempSync(join(tmpdir(), 'keys-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

const gateway = await generateKeyPair('gateway');
const zone = await generateKeyPair('zone');
const next = await generateKeyPair('gateway');
const signer = await createSigner(gateway.privateKey);
const trust = await createTrust({ keys: { gateway: [gateway.publicKey, next.publicKey], zone: [zone.publicKey] } });
const sign = (claims = {}, options = {}): Promise<string> => signer.sign(claims, { type: 'test+jwt', audience: 'anhui', expiresInSeconds: 30, ...options });
const expected = { type: 'test+jwt', issuer: 'gateway', audience: 'anhui' };
const reason = (error: unknown): unknown => (error as KeyError).reason;
const refused = async (token: string, options = {}): Promise<unknown> => trust.verify(token, { ...expected, ...options }).then(() => 'accepted', reason);

test('verifies what a trusted key signed, and names its signer after the key', async () => {
  expect(signer.name).toBe('gateway');
  await expect(trust.verify(await sign({ a: 1 }), expected)).resolves.toMatchObject({ a: 1, iss: 'gateway', aud: 'anhui' });
});

test('accepts each of several keys of one name, so that a key can be replaced', async () => {
  const successor = await createSigner(next.privateKey);
  await expect(trust.verify(await successor.sign({}, { type: 'test+jwt', audience: 'anhui', expiresInSeconds: 30 }), expected)).resolves.toBeDefined();
});

test('refuses another audience, another kind of message, another signer and what has expired', async () => {
  expect(await refused(await sign(), { audience: 'shanghai' })).toBe('audience');
  expect(await refused(await sign(), { type: 'other+jwt' })).toBe('malformed');
  expect(await refused(await sign(), { issuer: 'zone' })).toBe('signature');
  expect(await refused(await sign(), { issuer: 'nobody' })).toBe('issuer');
  expect(await refused(await sign(), { now: new Date(Date.now() + 60_000) })).toBe('expired');
});

test('refuses an altered message, a key that borrows a name, and what is no token', async () => {
  const [head, , signature] = (await sign()).split('.');
  const forged = `${head}.${Buffer.from(JSON.stringify({ iss: 'gateway', aud: 'anhui', iat: 1, exp: 9e9 })).toString('base64url')}.${signature}`;
  expect(await refused(forged)).toBe('signature');
  const impostor = await createSigner({ ...(await generateKeyPair('gateway')).privateKey, kid: gateway.publicKey.kid! });
  expect(await refused(await impostor.sign({}, { type: 'test+jwt', audience: 'anhui', expiresInSeconds: 30 }))).toBe('signature');
  const unsigned = `${Buffer.from('{"alg":"none","typ":"test+jwt"}').toString('base64url')}.${Buffer.from('{"iss":"gateway"}').toString('base64url')}.`;
  expect(await refused(unsigned)).toBe('signature');
  expect(await refused('not a token')).toBe('malformed');
});

test('loads key files, and names the file that cannot be used', async () => {
  const [keyFile, trustFile, broken] = ['key.json', 'trust.json', 'broken.json'].map((name) => join(folder, name)) as [string, string, string];
  writeFileSync(keyFile, JSON.stringify(gateway.privateKey));
  writeFileSync(trustFile, JSON.stringify({ keys: { gateway: [gateway.publicKey] } }));
  writeFileSync(broken, '{');
  const loaded = await loadSigner(keyFile);
  await expect((await loadTrust(trustFile)).verify(await loaded.sign({}, { type: 'test+jwt', audience: 'anhui', expiresInSeconds: 30 }), expected)).resolves.toBeDefined();
  await expect(loadTrust(broken)).rejects.toThrow(/broken\.json/);
  await expect(createSigner(gateway.publicKey)).rejects.toMatchObject({ code: 'CONFIGURATION_INVALID' });
  await expect(createTrust({ keys: { gateway: [gateway.privateKey] } })).rejects.toThrow(/private key/);
});

test('signs with a key that replaced another from the next second on, and never under another name', async () => {
  const keyFile = join(folder, 'replaced.json');
  writeFileSync(keyFile, JSON.stringify(gateway.privateKey));
  const following = await loadSigner(keyFile);
  writeFileSync(keyFile, JSON.stringify(next.privateKey));
  await setTimeout(1_050);
  await expect(trust.verify(await following.sign({}, { type: 'test+jwt', audience: 'anhui', expiresInSeconds: 30 }), expected)).resolves.toBeDefined();
  expect(following.kid).toBe(next.publicKey.kid);
  writeFileSync(keyFile, JSON.stringify(zone.privateKey));
  await setTimeout(1_050);
  await following.sign({}, { type: 'test+jwt', audience: 'anhui', expiresInSeconds: 30 });
  expect([following.name, following.kid]).toEqual(['gateway', next.publicKey.kid]);
});

test('trusts what the list holds now: a key that was added, and no longer one that was taken out', async () => {
  const trustFile = join(folder, 'changing.json');
  const list = (...keys: object[]): void => { writeFileSync(trustFile, JSON.stringify({ keys: { gateway: keys } })); };
  const successor = await createSigner(next.privateKey);
  const [old, fresh] = await Promise.all([sign(), successor.sign({}, { type: 'test+jwt', audience: 'anhui', expiresInSeconds: 30 })]);
  list(gateway.publicKey);
  const following = await loadTrust(trustFile);
  const outcome = (token: string): Promise<unknown> => following.verify(token, expected).then(() => 'accepted', reason);
  expect([await outcome(old), await outcome(fresh)]).toEqual(['accepted', 'signature']);
  list(next.publicKey);
  await setTimeout(1_050);
  expect([await outcome(old), await outcome(fresh)]).toEqual(['signature', 'accepted']);
  writeFileSync(trustFile, '{"keys":');
  await setTimeout(1_050);
  expect([await outcome(old), await outcome(fresh)]).toEqual(['signature', 'accepted']);
});

test('verifies with a retired key only records, and only what it signed before', async () => {
  const now = Math.floor(Date.now() / 1000);
  const retiring = (retired: number) => createTrust({ keys: { gateway: [next.publicKey] }, retired: { gateway: [{ ...gateway.publicKey, retired }] } });
  const token = await sign();
  const outcome = async (retired: number, record: boolean): Promise<unknown> => (await retiring(retired)).verify(token, { ...expected, record }).then(() => 'accepted', reason);
  expect(await outcome(now + 1, true)).toBe('accepted');
  expect(await outcome(now + 1, false)).toBe('signature');
  expect(await outcome(now - 60, true)).toBe('signature');
});

test('refuses a message dated ahead, which would outlive the memory of its nonce', async () => {
  expect(await refused(await sign(), { now: new Date(Date.now() - 20_000) })).toBe('expired');
});
