import { generateKeyPairSync, randomBytes } from 'node:crypto';
import {
  createNodeSigner, credentialText, issueCredential, openStatusList, openTrustList, readChallenge, setStatus, signProof, signStatusList, signTrustList, statusBytes, stepAt,
  type KnownIssued, type StatusList, type TrustKey, type TrustList,
} from '@delta/pass';

const newSigner = () => createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
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
  const roots = issuers.map((issuer) => ({ issuer, signer: newSigner() }));
  const owners = new Map(issuers.map((issuer) => [issuer, { issuer, pass: newSigner(), status: newSigner(), bytes: statusBytes(4096), next: 1 }]));
  const entry = (issuer: string, use: TrustKey['use'], signer: ReturnType<typeof newSigner>): TrustKey =>
    ({ kid: hex(signer.kid), issuer, use, algorithm: -7, publicKey: signer.publicKey, from: now() - 30 * day, until: now() + 365 * day });
  const signed = await signTrustList({
    sequence: 1, issuedAt: now() - 1, expires: now() + 6 * day, compromised: [], peers: [],
    keys: [...owners.values()].flatMap(({ issuer, pass, status }) => [entry(issuer, 'pass', pass), entry(issuer, 'status', status)]),
  }, roots.slice(0, 2).map(({ signer }) => signer));
  const trust = await openTrustList(signed, { roots: roots.map(({ issuer, signer }) => ({ issuer, kid: hex(signer.kid), publicKey: signer.publicKey })) });
  const published = new Map<string, StatusList>();
  const pulled = new Map<string, StatusList>();
  let asked = 0;
  const publish = async (issuer: string): Promise<void> => {
    const { pass, status, bytes } = owners.get(issuer)!;
    const list = await openStatusList(await signStatusList({ issuer, kid: hex(pass.kid), issuedAt: now(), bytes }, status), { trust });
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
      const holder = newSigner();
      const claims = { ...common(issuer, 90), class: 'phone' as const, holder: holder.publicKey };
      const credential = await issueCredential(claims, owners.get(issuer)!.pass);
      return {
        passId: hex(claims.passId), statusIndex: claims.statusIndex,
        show(text) {
          if (text === undefined) return signProof(credential, { step: stepAt(now()), nonce: new Uint8Array(randomBytes(8)) }, holder);
          const { nonce, step, ...place } = readChallenge(text);
          return signProof(credential, { step, nonce, place }, holder);
        },
      };
    },
    async paper(issuer, maskedName) { return credentialText(await issueCredential({ ...common(issuer, 30), class: 'paper', maskedName }, owners.get(issuer)!.pass)); },
    async setStatus(issuer, index, status) {
      setStatus(owners.get(issuer)!.bytes, index, status);
      await publish(issuer);
    },
  };
}
