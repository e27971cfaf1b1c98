import { randomBytes } from 'node:crypto';
import { credentialText, issueCredential, openStatusList, setStatus, signStatusList, statusBytes, type KnownIssued, type StatusList, type TrustList } from '@delta/pass';
import { createTestRoots, kidOf, newPassSigner, showPass, trustContent, trustKeyOf } from './passTrust.js';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const day = 86_400;

export interface Phone {
  readonly passId: string;
  readonly statusIndex: number;
  /** Shows a code of this moment, or one that answers a challenge. */
  show(challenge?: string): Promise<string>;
}

/** Provinces that issue passes and publish signed lists, made by the core: what a province that verifies has from outside. */
export interface PassWorld {
  readonly lists: {
    trust(): TrustList | undefined; status(kid: string): StatusList | undefined; knownIssued(kid: string): KnownIssued | undefined;
    freshStatus(kid: string, maxAgeMs: number): Promise<StatusList | undefined>;
  };
  /** How often a list was asked of its issuer. */
  asked(): number;
  phone(issuer: string): Promise<Phone>;
  paper(issuer: string, maskedName: string): Promise<string>;
  /** The issuer's list says so from now on; who pulls lists learns it by the next pull alone. */
  setStatus(issuer: string, index: number, status: 'revoked' | 'suspended' | 'valid'): Promise<void>;
}

/** @param now seconds */
export async function createPassWorld(issuers: readonly string[], now: () => number = () => Math.floor(Date.now() / 1000)): Promise<PassWorld> {
  const owners = new Map(issuers.map((issuer) => [issuer, { issuer, pass: newPassSigner(), status: newPassSigner(), bytes: statusBytes(4096), next: 1 }]));
  const since = { from: now() - 30 * day };
  const trust = await createTestRoots().open(trustContent(now() - 1, {
    keys: [...owners.values()].flatMap(({ issuer, pass, status }) => [trustKeyOf(pass, issuer, 'pass', now(), since), trustKeyOf(status, issuer, 'status', now(), since)]),
  }));
  const published = new Map<string, StatusList>();
  const pulled = new Map<string, StatusList>();
  let asked = 0;
  const publish = async (issuer: string): Promise<void> => {
    const { pass, status, bytes } = owners.get(issuer)!;
    const list = await openStatusList(await signStatusList({ issuer, kid: kidOf(pass), issuedAt: now(), bytes }, status), { trust });
    published.set(list.kid, list);
  };
  for (const issuer of issuers) await publish(issuer);
  for (const [kid, list] of published) pulled.set(kid, list);
  const common = (issuer: string, life: number) => ({ issuer, notBefore: now() - 60, expires: now() - 60 + life * day, passId: new Uint8Array(randomBytes(16)), statusIndex: owners.get(issuer)!.next++ });
  return {
    lists: {
      trust: () => trust, status: (kid) => pulled.get(kid), knownIssued: () => undefined,
      async freshStatus(kid) {
        asked += 1;
        const list = published.get(kid);
        if (list) pulled.set(kid, list);
        return list;
      },
    },
    asked: () => asked,
    async phone(issuer) {
      const holder = newPassSigner();
      const claims = { ...common(issuer, 90), class: 'phone' as const, holder: holder.publicKey };
      const credential = await issueCredential(claims, owners.get(issuer)!.pass);
      return {
        passId: hex(claims.passId), statusIndex: claims.statusIndex,
        show: (challenge) => showPass(credential, holder, challenge, now()),
      };
    },
    async paper(issuer, maskedName) { return credentialText(await issueCredential({ ...common(issuer, 30), class: 'paper', maskedName }, owners.get(issuer)!.pass)); },
    async setStatus(issuer, index, status) {
      setStatus(owners.get(issuer)!.bytes, index, status);
      await publish(issuer);
    },
  };
}
