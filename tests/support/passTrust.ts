import { generateKeyPairSync } from 'node:crypto';
import { createNodeSigner, signTrustList, type PassSigner, type Root, type TrustKey, type TrustListContent } from '@delta/pass';

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
}

export function createTestRoots(): TestRoots {
  const signers = ['31', '32', '33', '34'].map(newPassSigner);
  return {
    signers,
    roots: signers.map((signer, i) => ({ issuer: String(31 + i), kid: kidOf(signer), publicKey: signer.publicKey })),
    sign: (content, by = [signers[0]!, signers[2]!]) => signTrustList(content, by),
  };
}

/** A key as a trust list names it: in use since yesterday, for a year. */
export const trustKeyOf = (signer: TestSigner, issuer: string, use: TrustKey['use'], now: number, more: Partial<TrustKey> = {}): TrustKey =>
  ({ kid: kidOf(signer), issuer, use, algorithm: -7, publicKey: signer.publicKey, from: now - day, until: now + 365 * day, ...more });

/** A list of a week that names nobody. */
export const trustContent = (now: number, more: Partial<TrustListContent> = {}): TrustListContent =>
  ({ sequence: 1, issuedAt: now, expires: now + 7 * day, keys: [], compromised: [], peers: [], ...more });
