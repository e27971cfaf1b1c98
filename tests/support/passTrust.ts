import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createNodeSigner, openTrustList, readChallenge, signProof, signTrustList, stepAt, type PassSigner, type Root, type TrustKey, type TrustList, type TrustListContent } from '@delta/pass';

export type TestSigner = PassSigner & { readonly publicKey: Uint8Array };

export const newPassSigner = (): TestSigner => createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
export const kidOf = ({ kid }: PassSigner): string => Buffer.from(kid).toString('hex');

const day = 86_400;
export const secondsAt = (at: Date): number => Math.floor(at.getTime() / 1000);

/** The four provinces' roots with their keys, and lists that two of them sign. */
export interface TestRoots {
  readonly signers: readonly TestSigner[];
  readonly roots: readonly Root[];
  sign(content: TrustListContent, by?: readonly TestSigner[]): Promise<Uint8Array>;
  /** The same, as whoever pins these roots holds it. */
  open(content: TrustListContent): Promise<TrustList>;
}

export function createTestRoots(): TestRoots {
  const signers = ['31', '32', '33', '34'].map(newPassSigner);
  const roots = signers.map((signer, i) => ({ issuer: String(31 + i), kid: kidOf(signer), publicKey: signer.publicKey }));
  const sign: TestRoots['sign'] = (content, by = [signers[0]!, signers[2]!]) => signTrustList(content, by);
  return { signers, roots, sign, open: async (content) => openTrustList(await sign(content), { roots }) };
}

/** A key as a trust list names it: in use since yesterday, for a year. */
export const trustKeyOf = (signer: TestSigner, issuer: string, use: TrustKey['use'], now: number, more: Partial<TrustKey> = {}): TrustKey =>
  ({ kid: kidOf(signer), issuer, use, algorithm: -7, publicKey: signer.publicKey, from: now - day, until: now + 365 * day, ...more });

/** A list of a week that names nobody. */
export const trustContent = (now: number, more: Partial<TrustListContent> = {}): TrustListContent =>
  ({ sequence: 1, issuedAt: now, expires: now + 7 * day, keys: [], compromised: [], peers: [], ...more });

/** What a phone shows over its credential: a code of this moment (seconds), or one that answers a challenge. */
export function showPass(credential: Uint8Array, phone: PassSigner, challenge?: string, now = secondsAt(new Date())): Promise<string> {
  if (challenge === undefined) return signProof(credential, { step: stepAt(now), nonce: new Uint8Array(randomBytes(8)) }, phone);
  const { nonce, step, ...place } = readChallenge(challenge);
  return signProof(credential, { step, nonce, place }, phone);
}
