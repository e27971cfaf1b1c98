import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { renewTrustList } from '@delta/local/renewTrustList';
import { until } from '../support/exchangeOwners.js';
import { passOffice } from '../support/passOffice.js';
import { newPassSigner, secondsAt } from '../support/passTrust.js';
import { startTestZone, type TestZone } from '../support/zone.js';

let zone: TestZone;
const { act, issue, enrol, change, person, prove } = passOffice(() => zone);

beforeAll(async () => {
  zone = await startTestZone({ members: 40 });
  await renewTrustList(zone.home, { url: zone.urls['zone']! }, secondsAt(new Date()));
  await until(async () => (await zone.rows('shanghai', `select 1 from pass_list where kind = 'TRUST'`)).length > 0, 'Shanghai has the trust list', 30);
});
afterAll(async () => { await zone?.close(); });

it('what an owner does to a pass is known at a station of another province, which is online, within a second', async () => {
  const { pass, code } = await issue(person('anhui', 0), {}, { slug: 'anhui' });
  const phone = newPassSigner();
  const { credential } = await enrol(code, phone, {}, 'anhui');
  const clerk = await zone.token();
  const verified = async (): Promise<string> => {
    const { check } = await act<{ check: { refusal: { code: string } | null } }>('verifyPass', 'VerifyPassInput', 'check { refusal { code } }', { text: await prove(credential, phone), clientKey: randomUUID() }, { token: clerk });
    return check.refusal?.code ?? 'VALID';
  };
  // The first ones warm up what a running station has warm.
  for (let i = 0; i < 3; i += 1) expect(await verified()).toBe('VALID');
  for (const [verb, more, said] of [['suspendPass', { reason: 'MISSING' }, 'SUSPENDED'], ['resumePass', {}, 'VALID'], ['revokePass', { reason: 'LOST' }, 'REVOKED']] as const) {
    await change(verb, pass.id, more, { slug: 'anhui' });
    const start = performance.now();
    await until(async () => (await verified()) === said, `it is ${said} in Shanghai`);
    expect(performance.now() - start).toBeLessThan(1_000);
  }
});
