import { expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import { createContextVerifier, sealContext, SessionRefused, signContext, type ContextVerifier } from './context.js';
import { offerSession, type ContextSession } from './contextSession.js';
import { createSigner, createTrust, generateKeyPair } from './keys.js';

const keys = await generateKeyPair('gateway');
const signer = await createSigner(keys.privateKey);
const trust = await createTrust({ keys: { gateway: [keys.publicKey] } });
const viewer: Viewer = { issuer: 'https://id.example/shanghai', subject: 'u1', role: 'station_clerk', province: '31', organization: '31-01980f3e-7c1a-7a52-8f00-1234567890ab', member: null };
const body = '{"query":"{ __typename }"}';
const sign = (over = {}): Promise<string> => signContext(signer, { audience: 'anhui', viewer, requestId: 'r-1', body, ...over });
const verifier = (over = {}) => createContextVerifier({ trust, audience: 'anhui', ...over });
const refused = { code: 'CONTEXT_REFUSED' };

test('tells the subgraph who asks and under which request', async () => {
  await expect(verifier().verify(await sign(), Buffer.from(body))).resolves.toEqual({ viewer, requestId: 'r-1', nonce: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  await expect(verifier().verify(await sign({ viewer: null }), body)).resolves.toMatchObject({ viewer: null, requestId: 'r-1' });
});

test('refuses a context for another subgraph, for another body, or none', async () => {
  await expect(verifier().verify(await sign({ audience: 'shanghai' }), body)).rejects.toMatchObject(refused);
  await expect(verifier().verify(await sign(), `${body} `)).rejects.toMatchObject(refused);
  await expect(verifier().verify(undefined, body)).rejects.toMatchObject(refused);
});

test('refuses a context after its 30 seconds', async () => {
  const late = verifier({ now: () => new Date(Date.now() + 36_000) });
  await expect(late.verify(await sign(), body)).rejects.toMatchObject(refused);
});

test('admits a context once, also when it arrives twice at the same moment', async () => {
  const anhui = verifier();
  const token = await sign();
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => anhui.verify(token, body)));
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('remembers a nonce past the change of generations', async () => {
  const signed = Date.now();
  let moment = signed - 39_000;
  const anhui = verifier({ now: () => new Date(moment) });
  const token = await sign();
  moment = signed;
  await anhui.verify(token, body);
  moment = signed + 10_000;
  await expect(anhui.verify(token, body)).rejects.toMatchObject(refused);
});

test('refuses rather than forgets when more nonces come than it can remember', async () => {
  const small = verifier({ nonceLimit: 1 });
  await small.verify(await sign(), body);
  await expect(small.verify(await sign(), body)).rejects.toMatchObject(refused);
});

const ownKeys = await generateKeyPair('anhui');
const own = await createSigner(ownKeys.privateKey);
const asked = { audience: 'anhui', viewer, requestId: 'r-1', body };

/** A session as the gateway and a subgraph found it, over one signed context. */
async function sessionWith(subgraph: ContextVerifier, audience = 'anhui'): Promise<ContextSession> {
  const offer = offerSession(audience);
  const { session } = await subgraph.verify(await sign({ audience, offer: offer.publicKey }), body);
  return offer.accept(session!)!;
}
const seal = (session: ContextSession, over = {}): string => sealContext(session, 'gateway', { ...asked, ...over });
const refusedFor = async (outcome: Promise<unknown>): Promise<unknown> => outcome.then(() => 'admitted', (error: { code: string; originalError: Error }) => [error.code, error.originalError instanceof SessionRefused]);

test('founds a session where one is offered, and tells as much under it as under a signature', async () => {
  const anhui = verifier({ signer: own });
  await expect(anhui.verify(seal(await sessionWith(anhui)), body)).resolves.toEqual({ viewer, requestId: 'r-1', nonce: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  await expect(anhui.verify(await sign(), body)).resolves.toEqual({ viewer, requestId: 'r-1', nonce: expect.any(String) });
  await expect(verifier().verify(await sign({ offer: offerSession('anhui').publicKey }), body)).resolves.not.toHaveProperty('session');
  await expect(anhui.verify(await sign({ offer: 'no key' }), body)).resolves.not.toHaveProperty('session');
});

test('a session counts at each replica of the subgraph and at no other service', async () => {
  const session = await sessionWith(verifier({ signer: own }));
  const replica = verifier({ signer: await createSigner(ownKeys.privateKey) });
  await expect(replica.verify(seal(session), body)).resolves.toMatchObject({ requestId: 'r-1' });
  for (const other of [verifier(), verifier({ signer }), verifier({ signer: own, audience: 'zone' }), verifier({ signer: await createSigner((await generateKeyPair('anhui')).privateKey) })]) {
    expect(await refusedFor(other.verify(seal(session), body))).toEqual(['CONTEXT_REFUSED', true]);
  }
});

test('under a session as under a signature: one audience, one body, thirty seconds, once, one issuer', async () => {
  let moment = new Date();
  const anhui = verifier({ signer: own, now: () => moment });
  const session = await sessionWith(anhui);
  const once = seal(session);
  await anhui.verify(once, body);
  for (const token of [once, seal(session, { audience: 'zone' }), seal(session, { moment: new Date(Date.now() - 36_000) }), seal(session, { moment: new Date(Date.now() + 7_000) }), sealContext(session, 'shanghai', asked)]) {
    expect(await refusedFor(anhui.verify(token, body))).toEqual(['CONTEXT_REFUSED', false]);
  }
  expect(await refusedFor(anhui.verify(seal(session, { body: `${body} ` }), body))).toEqual(['CONTEXT_REFUSED', true]);
  moment = new Date(Date.now() + 299_000);
  await expect(anhui.verify(seal(session, { moment }), body)).resolves.toBeDefined();
  moment = new Date(Date.now() + 301_000);
  expect(await refusedFor(anhui.verify(seal(session, { moment }), body))).toEqual(['CONTEXT_REFUSED', true]);
});

test('a context that is proven twice, by a session and by a signature, is admitted once', async () => {
  const anhui = verifier({ signer: own });
  const session = await sessionWith(anhui);
  const same = { nonce: 'the-very-same-nonce', moment: new Date() };
  await anhui.verify(seal(session, same), body);
  expect(await refusedFor(anhui.verify(await sign(same), body))).toEqual(['CONTEXT_REFUSED', false]);
});

test('refuses a session whose proof is another\'s before it looks at the context, so that a signed one with the same nonce still counts', async () => {
  const anhui = verifier({ signer: own });
  const [session, other] = [await sessionWith(anhui), await sessionWith(anhui)];
  const same = { nonce: 'the-very-same-nonce', moment: new Date() };
  expect(await refusedFor(anhui.verify(seal({ ...session, key: other.key }, same), body))).toEqual(['CONTEXT_REFUSED', true]);
  await expect(anhui.verify(await sign(same), body)).resolves.toMatchObject({ nonce: same.nonce });
});

test('a session ends with the trust in the gateway\'s key that founded it', async () => {
  const anhui = verifier({ signer: own });
  const session = await sessionWith(anhui);
  const fresh = await generateKeyPair('gateway');
  for (const list of [{ keys: { gateway: [fresh.publicKey] } }, { keys: { gateway: [fresh.publicKey] }, retired: { gateway: [{ ...keys.publicKey, retired: Math.floor(Date.now() / 1000) + 60 }] } }, { keys: { zone: [keys.publicKey] } }]) {
    expect(await refusedFor(verifier({ signer: own, trust: await createTrust(list) }).verify(seal(session), body))).toEqual(['CONTEXT_REFUSED', true]);
  }
  await expect(anhui.verify(seal(session), body)).resolves.toBeDefined();
});
