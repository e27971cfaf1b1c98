import { createHmac } from 'node:crypto';
import { beforeAll, expect, test } from '@jest/globals';
import { createSigner, createTrust, generateKeyPair, type KeyError, type Signer, type Trust } from './keys.js';
import { createPairMessages, type PairMessages } from './pairMessage.js';

type Pair = Awaited<ReturnType<typeof generateKeyPair>>;
const names = ['shanghai', 'zone', 'gateway'] as const;
const type = 'delta-test+jwt';
const claims = { req: 'r-1', nested: { a: [1, null] } };
let keys: Record<(typeof names)[number], Pair>;
let signers: Record<(typeof names)[number], Signer>;
let trust: Trust;
let [shanghai, zone, gateway]: PairMessages[] = [];

const listOf = (over: Record<string, Pair['publicKey'][]> = {}) => ({ keys: { ...Object.fromEntries(names.map((name) => [name, [keys[name].publicKey]])), ...over } });
const write = (by: PairMessages | undefined, over = {}): Promise<string> => by!.write(claims, { type, audience: 'zone', expiresInSeconds: 60, ...over });
const refusal = (reading: Promise<unknown>): Promise<string> => reading.then(() => 'read', (error: KeyError) => error.reason);

beforeAll(async () => {
  const pairs = await Promise.all(names.map(generateKeyPair));
  keys = Object.fromEntries(names.map((name, i) => [name, pairs[i]!])) as typeof keys;
  signers = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await createSigner(keys[name].privateKey)]))) as typeof signers;
  trust = await createTrust(listOf());
  [shanghai, zone, gateway] = names.map((name) => createPairMessages(signers[name], trust));
});

test('is read by whom it is for, with what every message between services says', async () => {
  const message = await write(shanghai);
  expect(message).toMatch(/^p1\.[\w-]+\.shanghai-[\w-]+\.zone-[\w-]+\.[\w-]{43}$/);
  expect(await zone!.read(message, { type, issuer: 'shanghai' })).toEqual({ ...claims, iss: 'shanghai', aud: 'zone', iat: expect.any(Number), exp: expect.any(Number) });
});

test('counts for one sender, one receiver, one kind, in one direction, for its time', async () => {
  const message = await write(shanghai);
  expect(await refusal(zone!.read(message, { type, issuer: 'gateway' }))).toBe('signature');
  expect(await refusal(zone!.read(message, { type: 'delta-other+jwt', issuer: 'shanghai' }))).toBe('signature');
  expect(await refusal(gateway!.read(message, { type, issuer: 'shanghai' }))).toBe('signature');
  expect(await refusal(shanghai!.read(message, { type, issuer: 'shanghai' }))).toBe('signature');
  expect(await refusal(shanghai!.read(message, { type, issuer: 'zone' }))).toBe('signature');
  expect(await refusal(zone!.read(message, { type, issuer: 'shanghai', now: new Date(Date.now() + 66_000) }))).toBe('expired');
  expect(await refusal(zone!.read(await write(shanghai, { now: new Date(Date.now() + 7_000) }), { type, issuer: 'shanghai' }))).toBe('expired');
  expect(await refusal(zone!.read(await write(gateway), { type, issuer: 'shanghai' }))).toBe('signature');
});

test('has one form, and nothing is read that the key does not prove', async () => {
  const message = await write(shanghai);
  const [, body, from, to, mac] = message.split('.') as [string, string, string, string, string];
  const other = Buffer.from(JSON.stringify({ ...claims, req: 'r-2' })).toString('base64url');
  for (const changed of [`p1.${other}.${from}.${to}.${mac}`, `p1.${body}.${to}.${from}.${mac}`, `p1.${body}.${from}.${from}.${mac}`, `p1.${body}.${from}.zone-x.${mac}`]) {
    expect(await refusal(zone!.read(changed, { type, issuer: 'shanghai' }))).toBe('signature');
  }
  for (const form of ['p1.', 'p1....', `${message}.`, `${message}=`, `p1.${body}.${from}.${to}.${mac.slice(1)}`, `p1.${body}.${from}.${to}.`, `p1.${'A'.repeat(20_000)}.${from}.${to}.${mac}`]) {
    expect(await refusal(zone!.read(form, { type, issuer: 'shanghai' }))).toBe('malformed');
  }
  // Under the right key, but no object, or without what every message says.
  const key = (await signers.shanghai.pair!()).with((await trust.keysOf!('zone'))[0]!.key, `${type} shanghai zone`)!;
  for (const text of ['[]', 'null', '1', '{', '{"iss":"shanghai"}']) {
    const proven = `p1.${Buffer.from(text).toString('base64url')}.${from}.${to}`;
    expect(await refusal(zone!.read(`${proven}.${createHmac('sha256', key).update(proven).digest('base64url')}`, { type, issuer: 'shanghai' }))).toBe('malformed');
  }
});

test('is signed while the receiver\'s key is being replaced, and read all the while', async () => {
  const next = await generateKeyPair('zone');
  const both = await createTrust(listOf({ zone: [keys.zone.publicKey, next.publicKey] }));
  const signed = await write(createPairMessages(signers.shanghai, both));
  expect(signed.startsWith('p1.')).toBe(false);
  const renewed = createPairMessages(await createSigner(next.privateKey), both);
  for (const reader of [zone!, renewed]) expect(await reader.read(signed, { type, issuer: 'shanghai' })).toMatchObject(claims);
  const after = await createTrust(listOf({ zone: [next.publicKey] }));
  const message = await write(createPairMessages(signers.shanghai, after));
  expect(await renewed.read(message, { type, issuer: 'shanghai' })).toMatchObject(claims);
  expect(await refusal(zone!.read(message, { type, issuer: 'shanghai' }))).toBe('signature');
});

test('ends with the trust in the sender\'s key, and a receiver that is not known is signed for', async () => {
  const fresh = await generateKeyPair('shanghai');
  const reader = createPairMessages(signers.zone, await createTrust({ ...listOf({ shanghai: [fresh.publicKey] }), retired: { shanghai: [{ ...keys.shanghai.publicKey, retired: Math.floor(Date.now() / 1000) + 60 }] } }));
  expect(await refusal(reader.read(await write(shanghai), { type, issuer: 'shanghai' }))).toBe('signature');
  expect((await shanghai!.write(claims, { type, audience: 'nobody', expiresInSeconds: 60 })).startsWith('p1.')).toBe(false);
});
