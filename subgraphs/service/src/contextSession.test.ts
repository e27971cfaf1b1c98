import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { createTickets, isSessionContext, offerSession, sessionSeconds, writeSessionContext, type ContextSession, type Tickets } from './contextSession.js';
import { createSigner, generateKeyPair } from './keys.js';
import { rawPublicKey } from './rawKey.js';

const secret = randomBytes(32);
const kid = 'gateway-1';
const now = new Date('2026-03-01T08:00:00Z');
const later = (seconds: number): Date => new Date(now.getTime() + seconds * 1_000);
const posted = '{"query":"{ __typename }"}';
const claims = { vwr: null, req: 'r-1', jti: 'n'.repeat(36) };
const anhui = createTickets(secret, 'anhui');

function found(tickets: Tickets = anhui, audience = 'anhui'): ContextSession {
  const offer = offerSession(audience);
  return offer.accept(tickets.issue(offer.publicKey, kid, now)!)!;
}
const session = found();
const written = writeSessionContext(session, claims, posted);
const [, body, ticket, mac] = written.split('.') as [string, string, string, string];
const base64url = (text: string): string => Buffer.from(text).toString('base64url');

test('proves claims by the key that both agreed on, in every replica that shares the secret', () => {
  expect(isSessionContext(written)).toBe(true);
  expect(anhui.read(written, posted, now)).toEqual({ kid, claims });
  expect(createTickets(Buffer.from(secret), 'anhui').read(written, posted, later(sessionSeconds - 1))).toEqual({ kid, claims });
});

test('agrees on another key each time', () => {
  expect(found().key.export()).not.toEqual(session.key.export());
  expect(anhui.read(`s1.${body}.${found().ticket}.${mac}`, posted, now)).toBeUndefined();
});

test('proves the very body that it was written for', () => {
  for (const other of ['', `${posted} `, posted.slice(1), Buffer.from(`${posted}.`)]) expect(anhui.read(written, other, now)).toBeUndefined();
  expect(anhui.read(written, Buffer.from(posted), now)).toEqual({ kid, claims });
});

test('reads no claim that the key does not prove', () => {
  const other = base64url(JSON.stringify({ ...claims, req: 'r-2' }));
  const flipped = Buffer.from(mac, 'base64url').map((byte, index) => (index === 31 ? byte ^ 1 : byte));
  const bytes = Buffer.from(mac, 'base64url');
  for (const changed of [
    `s1.${other}.${ticket}.${mac}`, `s1.${body}.${ticket}.${Buffer.from(flipped).toString('base64url')}`,
    `s1.${body}.${ticket}.`, `s1.${body}.${ticket}.${bytes.subarray(0, 31).toString('base64url')}`, `s1.${body}.${ticket}.${Buffer.concat([bytes, Buffer.alloc(1)]).toString('base64url')}`,
  ]) expect(anhui.read(changed, posted, now)).toBeUndefined();
  expect(anhui.read(written, posted, now)).toBeDefined();
});

test('opens a ticket until its time is over, also one that it opened before', () => {
  expect(anhui.read(written, posted, now)).toBeDefined();
  for (const tickets of [anhui, createTickets(secret, 'anhui')]) expect(tickets.read(written, posted, later(sessionSeconds))).toBeUndefined();
});

test('opens no ticket of another service, another key, or its own that was changed', () => {
  expect(createTickets(secret, 'zone').read(written, posted, now)).toBeUndefined();
  expect(createTickets(randomBytes(32), 'anhui').read(written, posted, now)).toBeUndefined();
  expect(anhui.read(writeSessionContext(found(createTickets(randomBytes(32), 'anhui')), claims, posted), posted, now)).toBeUndefined();
  const bytes = Buffer.from(ticket, 'base64url');
  for (const index of [0, 12, 45, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[index]! ^= 1;
    // Proven by the right key all the same: it is the ticket that does not count.
    expect(anhui.read(writeSessionContext({ ...session, ticket: changed.toString('base64url') }, claims, posted), posted, now)).toBeUndefined();
  }
  for (const length of [0, 12, 50, 66]) expect(anhui.read(writeSessionContext({ ...session, ticket: bytes.subarray(0, length).toString('base64url') }, claims, posted), posted, now)).toBeUndefined();
});

test('has one form and refuses every other', () => {
  for (const form of [
    '', 's1.', 's1...', 's1....', `s2.${body}.${ticket}.${mac}`, `${written}.`, `${written}=`, ` ${written}`, `S1.${body}.${ticket}.${mac}`,
    `s1.${body}=.${ticket}.${mac}`, `s1.${body}.${ticket}=.${mac}`, `s1.${body}.${ticket}.${mac}=`, `s1.${body}.${ticket}.${mac.slice(0, -1)}`, `s1.${'A'.repeat(20_000)}.${ticket}.${mac}`,
  ]) expect(anhui.read(form, posted, now)).toBeUndefined();
  // What is no object is refused under the right key as well.
  const proven = (text: string): string => {
    const head = `s1.${base64url(text)}.${ticket}.`;
    return head + createHmac('sha256', session.key).update(head + posted).digest('base64url');
  };
  expect(anhui.read(proven(JSON.stringify(claims)), posted, now)).toEqual({ kid, claims });
  for (const text of ['[]', 'null', '1', '{']) expect(anhui.read(proven(text), posted, now)).toBeUndefined();
});

test('takes no answer to an offer but a public key and a ticket, and no offer that is no usable key', () => {
  const offer = offerSession('anhui');
  const answer = anhui.issue(offer.publicKey, kid, now)!;
  const [key = '', sealed = ''] = answer.split('.');
  const [zero, one] = [Buffer.alloc(32), Buffer.alloc(32)];
  one[0] = 1;
  const smallOrder = [zero, one].map((point) => point.toString('base64url'));
  for (const header of ['', 'none', '.', key, `${key}.`, `.${sealed}`, `${answer}.x`, `${key}=.${sealed}`, `${key}.${sealed}=`, `${key.slice(0, 40)}.${sealed}`, `${key}.${'A'.repeat(4_000)}`, ...smallOrder.map((point) => `${point}.${sealed}`)]) {
    expect(offer.accept(header)).toBeUndefined();
  }
  expect(offer.accept(answer)).toBeDefined();
  for (const offered of ['', 'x', `${offer.publicKey}=`, `${offer.publicKey}AA`, ...smallOrder]) expect(anhui.issue(offered, kid, now)).toBeUndefined();
});

test('who puts a key or a ticket of their own into the answer has the gateway prove nothing that the subgraph takes', () => {
  const offer = offerSession('anhui');
  const [key = '', sealed = ''] = anhui.issue(offer.publicKey, kid, now)!.split('.');
  const thief = rawPublicKey(generateKeyPairSync('x25519').publicKey).toString('base64url');
  const [, foreign = ''] = anhui.issue(offerSession('anhui').publicKey, kid, now)!.split('.');
  for (const answer of [`${thief}.${sealed}`, `${key}.${foreign}`, `${thief}.${foreign}`]) expect(anhui.read(writeSessionContext(offer.accept(answer)!, claims, posted), posted, now)).toBeUndefined();
  expect(anhui.read(writeSessionContext(offer.accept(`${key}.${sealed}`)!, claims, posted), posted, now)).toBeDefined();
});

test('the secret of a signing key is the same wherever the key is, and another for another purpose or key', async () => {
  const { privateKey } = await generateKeyPair('anhui');
  const [first, replica, other] = await Promise.all([createSigner(privateKey), createSigner(privateKey), createSigner((await generateKeyPair('anhui')).privateKey)]);
  const derived = await first.secret!('a');
  expect(derived).toHaveLength(32);
  expect(await first.secret!('a')).toBe(derived);
  expect(await replica.secret!('a')).toEqual(derived);
  expect(await first.secret!('b')).not.toEqual(derived);
  expect(await other.secret!('a')).not.toEqual(derived);
  expect(derived.equals(Buffer.from(privateKey.d!, 'base64url'))).toBe(false);
});
