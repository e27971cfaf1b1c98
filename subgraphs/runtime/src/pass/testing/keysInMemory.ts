import { generateKeyPairSync } from 'node:crypto';
import { createNodeSigner, openTrustList, signTrustList, type TrustList } from '@delta/pass';
import type { PassKeys } from '../passKeys.js';
import type { PassKey } from '../types.js';

/** Keys of a province for tests, with their public parts by use. */
export interface HeldKeys extends PassKeys { kidOf(use: PassKey['use']): string; publicOf(use: PassKey['use']): Uint8Array }

const newSigner = () => createNodeSigner(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey);
const hex = (kid: Uint8Array): string => Buffer.from(kid).toString('hex');

/** Each for a year from its beginning, seconds. */
export function keysInMemory(wanted: readonly { readonly use: PassKey['use']; readonly from: number }[]): HeldKeys {
  const keys = wanted.map(({ use, from }) => ({ use, from, until: from + 365 * 86_400, signer: newSigner() }));
  const list = keys.map(({ signer, ...key }): PassKey => ({ ...key, kid: hex(signer.kid), publicKey: signer.publicKey }));
  const first = (use: PassKey['use']): PassKey => list.find((key) => key.use === use)!;
  return {
    list: async () => list,
    sign: (kid, bytes) => keys.find(({ signer }) => hex(signer.kid) === kid)!.signer.sign(bytes),
    kidOf: (use) => first(use).kid, publicOf: (use) => first(use).publicKey,
  };
}

/** What a station of anywhere holds: a list that two roots signed and that names these keys. */
export async function trustOf(keys: PassKeys, issuer: string, now: number): Promise<TrustList> {
  const roots = [newSigner(), newSigner()];
  const signed = await signTrustList({ sequence: 1, issuedAt: now, expires: now + 86_400, compromised: [], peers: [], keys: (await keys.list()).map((key) => ({ ...key, issuer, algorithm: -7 })) }, roots);
  return openTrustList(signed, { roots: roots.map((root, i) => ({ issuer: `3${i + 1}`, kid: hex(root.kid), publicKey: root.publicKey })) });
}
