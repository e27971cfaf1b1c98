import { issueCredential, type Claims } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import type { Transaction } from '../db/database.js';
import { requireKey } from './passKeys.js';
import { credentialTimes, seconds } from './rules.js';
import type { SigningServices } from './services.js';
import { drawPlaces, sha256 } from './signCredential.js';
import { insertCredentials, takePlaces } from './store.js';
import type { PassClass } from './types.js';

/** One of many that are signed together. */
export type Signed = { readonly id: string; readonly passId: string } & ({ readonly holder: Uint8Array } | { readonly maskedName: string });

/** In rounds of four places a pass; a list in which this many rounds leave somebody without one is full. */
const rounds = 250;

async function placesFor(within: Transaction, kid: string, ids: readonly string[], places: number): Promise<ReadonlyMap<string, number>> {
  const taken = new Map<string, number>();
  for (let round = 0; round < rounds && taken.size < ids.length; round += 1) {
    const wanting = ids.filter((id) => !taken.has(id));
    for (const { pass, index } of await takePlaces(within, kid, wanting, drawPlaces(places, Math.max(16, 4 * wanting.length)))) taken.set(pass, index);
  }
  if (taken.size < ids.length) throw new PlatformError('PASS_LIST_FULL');
  return taken;
}

/** The times that credentials signed now have, and the key. @throws PlatformError PASS_KEYS_MISSING */
export async function signingNow({ passes }: SigningServices, cls: PassClass, now: Date) {
  const at = seconds(now);
  const { key, signer } = await requireKey(passes.keys, 'pass', at);
  return { key, signer, ...credentialTimes(cls, key, at) };
}

/** Signs credentials for passes that are entered and have no place under the key yet, by a few statements whatever their number. @throws PlatformError PASS_LIST_FULL */
export async function signBatch({ entry, passes }: SigningServices, within: Transaction, { key, signer, notBefore, expires }: Awaited<ReturnType<typeof signingNow>>, batch: readonly Signed[]): Promise<Uint8Array[]> {
  const places = await placesFor(within, key.kid, batch.map(({ id }) => id), passes.places);
  const credentials: Uint8Array[] = [];
  for (const pass of batch) {
    const common = { issuer: entry.code, notBefore, expires, passId: Buffer.from(pass.passId, 'hex'), statusIndex: places.get(pass.id)! };
    const claims: Claims = 'holder' in pass ? { ...common, class: 'phone', holder: pass.holder } : { ...common, class: 'paper', maskedName: pass.maskedName };
    credentials.push(await issueCredential(claims, signer));
  }
  await insertCredentials(within, batch.map((pass, i) => ({
    digest: sha256(credentials[i]!), kid: key.kid, pass: pass.id, expiresAt: new Date(expires * 1000), credential: 'holder' in pass ? Buffer.from(credentials[i]!) : null, proof: null,
  })));
  return credentials;
}
