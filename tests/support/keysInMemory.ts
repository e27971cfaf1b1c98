import type { TrustList } from '@delta/pass';
import { createTestRoots, kidOf, newPassSigner, trustContent } from '../../../../../tests/support/passTrust.js';
import type { PassKeys } from '../passKeys.js';
import type { PassKey } from '../types.js';

/** Keys of a province for tests, with their public parts by use. */
export interface HeldKeys extends PassKeys { kidOf(use: PassKey['use']): string; publicOf(use: PassKey['use']): Uint8Array }

/** Each for a year from its beginning, seconds. */
export function keysInMemory(wanted: readonly { readonly use: PassKey['use']; readonly from: number }[]): HeldKeys {
  const keys = wanted.map(({ use, from }) => ({ use, from, until: from + 365 * 86_400, signer: newPassSigner() }));
  const list = keys.map(({ signer, ...key }): PassKey => ({ ...key, kid: kidOf(signer), publicKey: signer.publicKey }));
  const first = (use: PassKey['use']): PassKey => list.find((key) => key.use === use)!;
  return {
    list: async () => list,
    sign: (kid, bytes) => keys.find(({ signer }) => kidOf(signer) === kid)!.signer.sign(bytes),
    kidOf: (use) => first(use).kid, publicOf: (use) => first(use).publicKey,
  };
}

/** What a station of anywhere holds: a list that two roots signed and that names these keys. */
export async function trustOf(keys: Pick<PassKeys, 'list'>, issuer: string, now: number): Promise<TrustList> {
  return createTestRoots().open(trustContent(now, { keys: (await keys.list()).map((key) => ({ ...key, issuer, algorithm: -7 })) }));
}
