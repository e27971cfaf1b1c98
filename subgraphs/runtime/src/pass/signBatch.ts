import { issueCredential, PassRefusal, type Claims } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import type { Transaction } from '../db/database.js';
import { requireKey } from './passKeys.js';
import { placesFor } from './placesFor.js';
import { credentialTimes, seconds } from './rules.js';
import type { SigningServices } from './services.js';
import { sha256 } from './sha256.js';
import { insertCredentials } from './store.js';
import type { PassClass } from './types.js';

/** Who shows the credential: a phone by its key, with what it answered to have it renewed, or somebody by a name on paper. */
export type Bearer = { readonly holder: Uint8Array; readonly proof?: string } | { readonly maskedName: string };

/** One of many that are signed together. */
export type Signed = { readonly id: string; readonly passId: string } & Bearer;

/** The times that credentials signed now have, and the key. @throws PlatformError PASS_KEYS_MISSING */
export async function signingNow({ passes }: SigningServices, cls: PassClass, now: Date) {
  const at = seconds(now);
  const { key, signer } = await requireKey(passes.keys, 'pass', at);
  return { key, signer, ...credentialTimes(cls, key, at) };
}

/**
 * Signs credentials for passes that are entered, and enters them, by a few statements whatever their number.
 * @returns the credentials' bytes, in the order of the passes
 * @throws PlatformError PASS_LIST_FULL, INTERNAL when the core refuses what the register says
 */
export async function signBatch({ entry, passes }: SigningServices, within: Transaction, { key, signer, notBefore, expires }: Awaited<ReturnType<typeof signingNow>>, batch: readonly Signed[]): Promise<Uint8Array[]> {
  const places = await placesFor(within, key.kid, batch.map(({ id }) => id), passes.places);
  const credentials: Uint8Array[] = [];
  for (const pass of batch) {
    const common = { issuer: entry.code, notBefore, expires, passId: Buffer.from(pass.passId, 'hex'), statusIndex: places.get(pass.id)! };
    const claims: Claims = 'holder' in pass ? { ...common, class: 'phone', holder: pass.holder } : { ...common, class: 'paper', maskedName: pass.maskedName };
    // Nobody who asks is to blame, so it is not told as a refusal.
    credentials.push(await issueCredential(claims, signer).catch((error: unknown) => { throw error instanceof PassRefusal ? new PlatformError('INTERNAL', {}, error) : error; }));
  }
  await insertCredentials(within, batch.map((pass, i) => {
    const credential = Buffer.from(credentials[i]!);
    return { digest: sha256(credential), kid: key.kid, pass: pass.id, expiresAt: new Date(expires * 1000), ...('holder' in pass ? { credential, proof: pass.proof ?? null } : { credential: null, proof: null }) };
  }));
  return credentials;
}
