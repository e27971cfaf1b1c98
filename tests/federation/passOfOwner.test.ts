import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openStatusList, openTrustList, readChallenge, signProof, signTrustList, stepAt, type StatusList, type TrustList } from '@delta/pass';
import { decodeBase45 } from '@delta/pass/lib/base45';
import { keyFiles } from '@delta/local/home';
import { loadPassKeys } from '@delta/runtime/pass/index';
import type { JudgingLists } from '@delta/runtime/passCheck/index';
import { provinces } from '@delta/schema/provinces';
import { newSigner } from '../support/passSigners.js';
import { startTestZone, type TestZone } from '../support/zone.js';

/** Passes of Anhui's own register, judged in Shanghai by the lists that Anhui publishes, asked for over HTTP. */
let zone: TestZone;
let trust: TrustList;
const held = new Map<string, StatusList>();

const lists: JudgingLists = {
  trust: () => trust, status: (kid) => held.get(kid), knownIssued: () => undefined,
  async freshStatus(kid) {
    const owner = provinces.find(({ code }) => code === trust.find(kid)?.issuer)!;
    const response = await fetch(new URL(`/pass/status/${kid}`, zone.urls[owner.slug]));
    if (response.ok) held.set(kid, await openStatusList(new Uint8Array(await response.arrayBuffer()), { trust }));
    return held.get(kid);
  },
};

beforeAll(async () => {
  zone = await startTestZone({ members: 40, judging: () => ({ lists }) });
  const keys = (await Promise.all(provinces.map(async ({ slug, code }) => (await (await loadPassKeys(keyFiles(zone.home).passKeys(slug))).list()).map((key) => ({ ...key, issuer: code, algorithm: -7 }))))).flat();
  const at = Math.floor(Date.now() / 1000);
  const roots = [newSigner(), newSigner()];
  const signed = await signTrustList({ sequence: 1, issuedAt: at, expires: at + 86_400, compromised: [], peers: [], keys }, roots);
  trust = await openTrustList(signed, { roots: roots.map((root, i) => ({ issuer: `3${i + 1}`, kid: root.kidText, publicKey: root.publicKey })) });
});
afterAll(async () => { await zone?.close(); });

const key = (): string => randomUUID();

async function act<T>(slug: string, verb: string, type: string, selection: string, input: object, token: string | null): Promise<T> {
  const { data, errors } = await zone.ask<Record<string, Record<string, T>>>(`mutation($input: ${type}!) { ${slug} { ${verb}(input: $input) { ${selection} } } }`, { input: { ...input, clientKey: key() } }, token);
  if (errors) throw new Error(JSON.stringify(errors));
  return data[slug]![verb]!;
}

const secretary = (): Promise<string> => zone.token({ role: 'branch_secretary', province: 'anhui' });

/** Issues a pass and binds a phone to it. */
async function enrolled(person: 0 | 1): Promise<{ id: string; show: (challenge?: string) => Promise<string> }> {
  const { pass, code } = await act<{ pass: { id: string }; code: string }>('anhui', 'issuePass', 'IssuePassInput', 'pass { id } code', { memberId: zone.anchors('anhui').people[person].id }, await secretary());
  const phone = newSigner();
  const { credential } = await act<{ credential: string }>('anhui', 'enrolPass', 'EnrolPassInput', 'credential', { code, holderKey: Buffer.from(phone.publicKey).toString('base64url') }, null);
  const bytes = decodeBase45(credential, 4, 'credential');
  return {
    id: pass.id,
    show(challenge) {
      if (challenge === undefined) return signProof(bytes, { step: stepAt(Math.floor(Date.now() / 1000)), nonce: new Uint8Array(randomBytes(8)) }, phone);
      const { nonce, step, ...place } = readChallenge(challenge);
      return signProof(bytes, { nonce, step, place }, phone);
    },
  };
}

const verified = async (text: string): Promise<string> => {
  const { check } = await act<{ check: { valid: boolean; refusal: { code: string } | null } }>('shanghai', 'verifyPass', 'VerifyPassInput', 'check { valid refusal { code } }', { text }, await zone.token());
  return check.refusal?.code ?? (check.valid ? 'VALID' : '');
};

/** How long after an act of the owner a code is answered otherwise elsewhere. */
async function within(code: string, show: () => Promise<string>): Promise<number> {
  const start = Date.now();
  while ((await verified(await show())) !== code) if (Date.now() - start > 10_000) return Infinity;
  return Date.now() - start;
}

it('a pass that its owner suspends, resumes or revokes is judged so in another province within a second', async () => {
  const { id, show } = await enrolled(0);
  expect(await verified(await show())).toBe('VALID');
  await act('anhui', 'suspendPass', 'SuspendPassInput', 'pass { state }', { passId: id, reason: 'MISSING' }, await secretary());
  expect(await within('SUSPENDED', show)).toBeLessThan(1_000);
  await act('anhui', 'resumePass', 'ResumePassInput', 'pass { state }', { passId: id }, await secretary());
  expect(await within('VALID', show)).toBeLessThan(1_000);
  await act('anhui', 'revokePass', 'RevokePassInput', 'pass { state }', { passId: id, reason: 'LOST' }, await secretary());
  expect(await within('REVOKED', show)).toBeLessThan(1_000);
});

it('who stands in Shanghai with a pass of Anhui is found by Anhui\'s register, until the pass is revoked', async () => {
  const person = zone.anchors('anhui').people[1];
  const { id, show } = await enrolled(1);
  const token = await zone.token();
  const challenge = () => act<{ challenge: { id: string; text: string } }>('shanghai', 'openPassChallenge', 'OpenPassChallengeInput', 'challenge { id text }', { stationId: zone.anchors('shanghai').stationId, activity: '31-activity' }, token);
  const input = async () => {
    const { challenge: shown } = await challenge();
    return { text: await show(shown.text), challengeId: shown.id, purpose: 'CHECK_IN', clientKey: key() };
  };
  const document = 'mutation($input: OpenLookupByPassInput!) { shanghai { openLookupByPass(input: $input) { refusal { code } lookup { member { id name } } } } }';
  const ask = async (given: object) => zone.ask<{ shanghai: { openLookupByPass: { refusal: { code: string } | null; lookup: { member: { id: string; name: string } | null } | null } } }>(document, { input: given }, token);
  const first = await input();
  expect((await ask(first)).data.shanghai.openLookupByPass).toEqual({ refusal: null, lookup: { member: { id: person.id, name: person.name } } });
  await act('anhui', 'revokePass', 'RevokePassInput', 'pass { state }', { passId: id, reason: 'LOST' }, await secretary());
  // The owner's register knows at once, also for a lookup that was opened before.
  const again = await ask(first);
  expect(again.errors).toMatchObject([{ extensions: { code: 'PRESENCE_REFUSED', refusal: 'REVOKED' } }]);
  expect(again.data.shanghai.openLookupByPass.lookup!.member).toBeNull();
  expect(await within('REVOKED', show)).toBeLessThan(1_000);
  expect((await ask(await input())).data.shanghai.openLookupByPass).toEqual({ refusal: { code: 'REVOKED' }, lookup: null });
});
