import type { TrustList } from '@delta/pass';
import { createTestRoots, kidOf, newPassSigner, trustContent } from './passTrust.js';

/** A key of a province, as its keys file names it. Times in seconds. */
interface HeldKey { readonly kid: string; readonly use: 'pass' | 'status'; readonly from: number; readonly until: number; readonly publicKey: Uint8Array }

/** Keys of a province that lie in memory, with their public parts by use. */
export interface HeldKeys {
  list(): Promise<readonly HeldKey[]>;
  sign(kid: string, bytes: Uint8Array): Promise<Uint8Array>;
  kidOf(use: HeldKey['use']): string;
  publicOf(use: HeldKey['use']): Uint8Array;
}

/** Each for a year from its beginning, seconds. */
export function keysInMemory(wanted: readonly { readonly use: HeldKey['use']; readonly from: number }[]): HeldKeys {
  const keys = wanted.map(({ use, from }) => ({ use, from, until: from + 365 * 86_400, signer: newPassSigner() }));
  const list = keys.map(({ signer, ...key }): HeldKey => ({ ...key, kid: kidOf(signer), publicKey: signer.publicKey }));
  const first = (use: HeldKey['use']): HeldKey => list.find((key) => key.use === use)!;
  return {
    list: async () => list,
    sign: async (kid, bytes) => keys.find(({ signer }) => kidOf(signer) === kid)!.signer.sign(bytes),
    kidOf: (use) => first(use).kid, publicOf: (use) => first(use).publicKey,
  };
}

/** What a station of anywhere holds: a list that two roots signed and that names these keys. */
export async function trustOf(keys: Pick<HeldKeys, 'list'>, issuer: string, now: number): Promise<TrustList> {
  return createTestRoots().open(trustContent(now, { keys: (await keys.list()).map((key) => ({ ...key, issuer, algorithm: -7 })) }));
}
