import { createHash, randomInt } from 'node:crypto';
import { drawStatusIndex, issueCredential, PassRefusal } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import type { Queryable } from '../db/database.js';
import { requireKey } from './passKeys.js';
import { credentialTimes, seconds } from './rules.js';
import type { SigningServices } from './services.js';
import { insertCredential, placeOf, takePlace } from './store.js';

export type Bearer = { readonly holder: Uint8Array; readonly proof?: string } | { readonly maskedName: string };

/** 0 up to 1, unpredictable: places tell nothing of the order of issue. */
export const random = (): number => randomInt(2 ** 47) / 2 ** 47;

export const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Different places by chance, in the order to try them. */
export function drawPlaces(size: number, count: number): number[] {
  const drawn = new Set<number>();
  while (drawn.size < Math.min(count, size)) {
    const place = drawStatusIndex(size, (index) => drawn.has(index), random);
    if (place === undefined) break;
    drawn.add(place);
  }
  return [...drawn];
}

/** First few, and most often enough; then as many as it takes to call a list full. */
const draws = [8, 64, 1_000];

async function placeFor(within: Queryable, kid: string, pass: string, places: number): Promise<number> {
  const had = await placeOf(within, kid, pass);
  if (had !== undefined) return had;
  for (const count of draws) {
    const taken = await takePlace(within, kid, pass, drawPlaces(places, count));
    if (taken !== undefined) return taken;
  }
  throw new PlatformError('PASS_LIST_FULL');
}

/**
 * Signs a credential for a pass and enters it, in the transaction of whoever asks. A pass keeps its place for as long as the same key
 * signs it, so that renewing takes none.
 * @returns the credential's bytes and its end
 * @throws PlatformError PASS_KEYS_MISSING, PASS_LIST_FULL, HOLDER_KEY_INVALID
 */
export async function signCredential({ entry, passes, now }: SigningServices, within: Queryable, pass: { readonly id: string; readonly passId: string }, bearer: Bearer): Promise<{ credential: Uint8Array; expiresAt: Date }> {
  const at = seconds(now());
  const { key, signer } = await requireKey(passes.keys, 'pass', at);
  const isPhone = 'holder' in bearer;
  const { notBefore, expires } = credentialTimes(isPhone ? 'PHONE' : 'PAPER', key, at);
  const common = { issuer: entry.code, notBefore, expires, passId: Buffer.from(pass.passId, 'hex'), statusIndex: await placeFor(within, key.kid, pass.id, passes.places) };
  const credential = await issueCredential(isPhone ? { ...common, class: 'phone', holder: bearer.holder } : { ...common, class: 'paper', maskedName: bearer.maskedName }, signer)
    .catch((error: unknown) => { throw error instanceof PassRefusal ? new PlatformError('INTERNAL', {}, error) : error; });
  const expiresAt = new Date(expires * 1000);
  await insertCredential(within, {
    digest: sha256(credential), kid: key.kid, pass: pass.id, expiresAt, credential: isPhone ? credential : null, proof: isPhone ? bearer.proof ?? null : null,
  });
  return { credential, expiresAt };
}
