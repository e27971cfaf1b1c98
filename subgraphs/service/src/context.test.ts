import { expect, test } from '@jest/globals';
import type { Viewer } from '@delta/schema/viewer';
import { createContextVerifier, signContext } from './context.js';
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
