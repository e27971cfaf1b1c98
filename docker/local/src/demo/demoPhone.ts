import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { createNodeSigner, readChallenge, signProof, stepAt } from '@delta/pass';
import { decodeBase45 } from '@delta/pass/lib/base45';
import { provinceOf, type DemoZone } from './demoZone.js';

/** A member's phone: a key that stays in it, and the credential it was given for that key. */
export interface DemoPhone {
  readonly credential: string;
  /** Its code of this moment, or its answer to a station's or its own province's challenge. */
  show(challenge?: string): Promise<string>;
  /** The credential that its province has for it now; the phone shows that from then on. */
  renew(): Promise<void>;
}

const credentialBytes = (text: string): Uint8Array => decodeBase45(text, 4, 'credential');

/** Makes the key, and binds it with the one-time code that the member was given in person. */
export async function enrolPhone(zone: DemoZone, province: string, code: string): Promise<DemoPhone> {
  const key = createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
  const enrolled = await zone.act<{ credential: string }>(province, 'enrolPass', 'EnrolPassInput', 'credential', {
    code, holderKey: Buffer.from(key.publicKey).toString('base64url'), clientKey: randomUUID(),
  }, null);
  let { credential } = enrolled;
  const show = (challenge?: string): Promise<string> => {
    if (challenge === undefined) return signProof(credentialBytes(credential), { step: stepAt(Math.floor(Date.now() / 1000)), nonce: new Uint8Array(randomBytes(8)) }, key);
    const { nonce, step, ...place } = readChallenge(challenge);
    return signProof(credentialBytes(credential), { nonce, step, place }, key);
  };
  return {
    get credential() { return credential; },
    show,
    async renew() {
      const { slug } = provinceOf(province);
      const asked = await zone.query<Record<string, { passRenewalChallenge: string }>>(`{ ${slug} { passRenewalChallenge } }`, null);
      const renewed = await zone.act<{ credential: string }>(province, 'renewPass', 'RenewPassInput', 'credential', { proof: await show(asked[slug]!.passRenewalChallenge) }, null);
      credential = renewed.credential;
    },
  };
}
