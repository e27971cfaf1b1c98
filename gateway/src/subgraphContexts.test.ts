import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { expect, test } from '@jest/globals';
import { contextHeader, createContextVerifier, SessionRefused, signContext, type ContextVerifier } from '@delta/service/context';
import { isSessionContext, noSession, offerSession } from '@delta/service/contextSession';
import { createSigner, createTrust, generateKeyPair } from '@delta/service/keys';
import { codesOf, startTestZone } from './testing/testZone.js';
import { SubgraphContexts } from './subgraphContexts.js';
import type { SubgraphReply } from './subgraphRequest.js';

const keys = await generateKeyPair('gateway');
const signer = await createSigner(keys.privateKey);
const trust = await createTrust({ keys: { gateway: [keys.publicKey] } });
const subgraphKey = async () => createSigner((await generateKeyPair('anhui')).privateKey);
const asked = { viewer: null, requestId: 'r-1', body: '{}' };

async function answerToOffer(subgraph: ContextVerifier): Promise<string> {
  const { session } = await subgraph.verify(await signContext(signer, { ...asked, audience: 'anhui', offer: offerSession('anhui').publicKey }), asked.body);
  return session!;
}

/** The gateway's side against real verifiers, without the network: replicas take turns, and what they were shown is noted. */
function between(replicas: ContextVerifier[], { change = (reply: SubgraphReply): SubgraphReply => reply } = {}) {
  let [moment, turn] = [0, 0];
  const shown: string[] = [];
  const contexts = new SubgraphContexts(signer, 'anhui', () => moment);
  const post = async (context: string): Promise<SubgraphReply> => {
    const offers = context.startsWith('ey') && 'epk' in (JSON.parse(Buffer.from(context.split('.')[1]!, 'base64url').toString()) as object);
    shown.push(isSessionContext(context) ? 'session' : offers ? 'offer' : 'signed');
    try {
      const { session } = await replicas[turn++ % replicas.length]!.verify(context, asked.body);
      return change({ status: 200, text: '', ...(session === undefined ? {} : { session }) });
    } catch (error) {
      const { originalError } = error as { originalError: Error };
      return change({ status: 401, text: originalError.message, ...(originalError instanceof SessionRefused ? { session: noSession } : {}) });
    }
  };
  return {
    shown, replicas,
    pass: (ms: number) => { moment += ms; },
    ask: async (times = 1) => { const statuses = await Promise.all(Array.from({ length: times }, async () => (await contexts.send(asked, post)).status)); return new Set(statuses); },
  };
}
const ok = new Set([200]);

test('signs until there is a session, of which one request at a time asks, and signs no more after that', async () => {
  const own = await subgraphKey();
  const { ask, shown } = between([createContextVerifier({ trust, signer: own, audience: 'anhui' }), createContextVerifier({ trust, signer: own, audience: 'anhui' })]);
  expect(await ask(3)).toEqual(ok);
  expect(await ask(4)).toEqual(ok);
  expect(shown).toEqual(['offer', 'signed', 'signed', 'session', 'session', 'session', 'session']);
});

test('renews a session in the middle of its life, while other requests go on under it', async () => {
  const { ask, shown, pass } = between([createContextVerifier({ trust, signer: await subgraphKey(), audience: 'anhui' })]);
  await ask();
  pass(151_000);
  expect(await ask(3)).toEqual(ok);
  pass(140_000);
  expect(await ask()).toEqual(ok);
  pass(300_000);
  expect(await ask()).toEqual(ok);
  expect(shown.filter((kind) => kind === 'offer')).toHaveLength(3);
  expect(shown.filter((kind) => kind === 'signed')).toHaveLength(0);
});

test('repeats with a signature what is refused for its session, and founds another a little later', async () => {
  const zone = between([createContextVerifier({ trust, signer: await subgraphKey(), audience: 'anhui' })]);
  await zone.ask();
  zone.replicas[0] = createContextVerifier({ trust, signer: await subgraphKey(), audience: 'anhui' });
  expect(await zone.ask(2)).toEqual(ok);
  expect(zone.shown.splice(0)).toEqual(['offer', 'session', 'session', 'signed', 'signed']);
  zone.pass(2_500);
  await zone.ask();
  await zone.ask();
  expect(zone.shown).toEqual(['offer', 'session']);
});

test('a subgraph that founds no sessions is asked for one now and then', async () => {
  const { ask, shown, pass } = between([createContextVerifier({ trust, audience: 'anhui' })]);
  await ask();
  await ask();
  pass(11_000);
  await ask();
  expect(shown).toEqual(['offer', 'signed', 'offer']);
});

test('replicas that share no key refuse nothing to the client', async () => {
  const { ask, pass, shown } = between([createContextVerifier({ trust, signer: await subgraphKey(), audience: 'anhui' }), createContextVerifier({ trust, signer: await subgraphKey(), audience: 'anhui' })]);
  for (let second = 0; second < 20; second += 1) {
    for (let request = 0; request < 10; request += 1) expect(await ask()).toEqual(ok);
    pass(1_000);
  }
  // 200 requests, of which few were sent twice.
  expect(shown.length).toBeLessThan(215);
});

test('whoever changes what the answer says of a session costs a repetition and gains none', async () => {
  const anhui = createContextVerifier({ trust, signer: await subgraphKey(), audience: 'anhui' });
  const another = await answerToOffer(anhui);
  for (const put of ['', 'x.y', `${'A'.repeat(43)}.AAAA`, `${offerSession('anhui').publicKey}.${another.split('.')[1]!}`, another]) {
    const { ask, shown } = between([anhui], { change: ({ session, ...reply }) => ({ ...reply, ...(session === undefined ? {} : { session: session === noSession ? session : put }) }) });
    for (let request = 0; request < 3; request += 1) expect(await ask()).toEqual(ok);
    expect(shown.filter((kind) => kind === 'session').length).toBeLessThan(2);
    expect(shown.length).toBeLessThan(5);
  }

  // Refused in the subgraph's name after it was carried out: the repetition has the same nonce, so it is not carried out again.
  let forged = false;
  const zone = between([createContextVerifier({ trust, signer: await subgraphKey(), audience: 'anhui' })], { change: (reply) => (forged && reply.status === 200 ? { status: 401, text: '', session: noSession } : reply) });
  await zone.ask();
  forged = true;
  zone.shown.length = 0;
  expect(await zone.ask()).toEqual(new Set([401]));
  expect(zone.shown).toEqual(['session', 'signed']);
});

test('a subgraph that comes back with another key costs the client no error', async () => {
  const sent: string[] = [];
  const note = (message: unknown): void => {
    const { headers } = (message as { request: { headers: string[] } }).request;
    const context = headers[headers.indexOf(contextHeader) + 1] ?? '';
    if (headers.includes(contextHeader)) sent.push(isSessionContext(context) ? 'session' : 'signed');
  };
  subscribe('undici:request:create', note);
  const zone = await startTestZone();
  const ask = async (): Promise<void> => { expect(codesOf(await zone.ask('{ anhui { name } }'))).toEqual([]); };
  try {
    for (let request = 0; request < 3; request += 1) await ask();
    expect(sent.splice(0)).toEqual(['signed', 'session', 'session']);
    await zone.stopSubgraph('anhui');
    await zone.startSubgraph('anhui');
    for (let request = 0; request < 3; request += 1) await ask();
    expect(sent).toEqual(['session', 'signed', 'signed', 'signed']);
    expect(new Set(zone.seen.map(({ nonce }) => nonce)).size).toBe(6);
  } finally {
    unsubscribe('undici:request:create', note);
    await zone.close();
  }
});
