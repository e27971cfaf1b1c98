import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { renewTrustList } from '@delta/local/renewTrustList';
import { until } from '../support/exchangeOwners.js';
import { passOffice } from '../support/passOffice.js';
import { newPassSigner, secondsAt } from '../support/passTrust.js';
import { startTestZone, type TestZone } from '../support/zone.js';

/** Passes of Anhui's own register, judged in Shanghai by the lists that both pull: the zone's and Anhui's. */
let zone: TestZone;
const { act, issue, enrol, change, person, prove } = passOffice(() => zone);

beforeAll(async () => {
  zone = await startTestZone({ members: 40 });
  await renewTrustList(zone.home, { url: zone.urls['zone']! }, secondsAt(new Date()));
  for (const slug of ['shanghai', 'anhui']) {
    await until(async () => (await zone.rows(slug, `select 1 from pass_list where kind = 'TRUST'`)).length > 0, `${slug} has the trust list`, 30);
  }
});
afterAll(async () => { await zone?.close(); });

/** Issues a pass and binds a phone to it. */
async function enrolled(n: 0 | 1): Promise<{ id: string; show: (challenge?: string) => Promise<string> }> {
  const { pass, code } = await issue(person('anhui', n), {}, { slug: 'anhui' });
  const phone = newPassSigner();
  const { credential } = await enrol(code, phone, {}, 'anhui');
  return { id: pass.id, show: (challenge) => prove(credential, phone, challenge) };
}

const anhui = { slug: 'anhui' };
const verified = async (text: string): Promise<string> => {
  const { check } = await act<{ check: { valid: boolean; refusal: { code: string } | null } }>('verifyPass', 'VerifyPassInput', 'check { valid refusal { code } }', { text, clientKey: randomUUID() }, { token: await zone.token() });
  return check.refusal?.code ?? (check.valid ? 'VALID' : '');
};
const becomes = (code: string, show: () => Promise<string>): Promise<void> => until(async () => (await verified(await show())) === code, `it is ${code} in Shanghai`);

it('a pass that its owner suspends, resumes or revokes is judged so in another province, which asks the owner and waits for no pull', async () => {
  const { id, show } = await enrolled(0);
  expect(await verified(await show())).toBe('VALID');
  await change('suspendPass', id, { reason: 'MISSING' }, anhui);
  await becomes('SUSPENDED', show);
  await change('resumePass', id, {}, anhui);
  await becomes('VALID', show);
  await change('revokePass', id, { reason: 'LOST' }, anhui);
  await becomes('REVOKED', show);
});

it('who stands in Shanghai with a pass of Anhui is found by Anhui\'s register, until the pass is revoked', async () => {
  const { id: memberId, name } = zone.anchors('anhui').people[1];
  const { id, show } = await enrolled(1);
  const token = await zone.token();
  const input = async () => {
    const { challenge } = await act<{ challenge: { id: string; text: string } }>('openPassChallenge', 'OpenPassChallengeInput', 'challenge { id text }',
      { stationId: zone.anchors('shanghai').stationId, activity: '31-activity', clientKey: randomUUID() }, { token });
    return { text: await show(challenge.text), challengeId: challenge.id, purpose: 'CHECK_IN', clientKey: randomUUID() };
  };
  const document = 'mutation($input: OpenLookupByPassInput!) { shanghai { openLookupByPass(input: $input) { refusal { code } lookup { member { id name } } } } }';
  const ask = async (given: object) => zone.ask<{ shanghai: { openLookupByPass: { refusal: { code: string } | null; lookup: { member: { id: string; name: string } | null } | null } } }>(document, { input: given }, token);
  const first = await input();
  expect((await ask(first)).data.shanghai.openLookupByPass).toEqual({ refusal: null, lookup: { member: { id: memberId, name } } });
  await change('revokePass', id, { reason: 'LOST' }, anhui);
  // The owner's register knows at once, also for a lookup that was opened before.
  const again = await ask(first);
  expect(again.errors).toMatchObject([{ extensions: { code: 'PRESENCE_REFUSED', refusal: 'REVOKED' } }]);
  expect(again.data.shanghai.openLookupByPass.lookup!.member).toBeNull();
  await becomes('REVOKED', show);
  expect((await ask(await input())).data.shanghai.openLookupByPass).toEqual({ refusal: { code: 'REVOKED' }, lookup: null });
});
