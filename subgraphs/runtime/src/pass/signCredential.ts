import type { Transaction } from '../db/database.js';
import type { SigningServices } from './services.js';
import { signBatch, signingNow, type Bearer } from './signBatch.js';
import type { PassRecord } from './types.js';

/**
 * Signs a credential for a pass and enters it, in the transaction of whoever asks.
 * @returns the credential's bytes and its end
 * @throws PlatformError PASS_KEYS_MISSING, PASS_LIST_FULL, INTERNAL
 */
export async function signCredential(services: SigningServices, within: Transaction, { id, passId }: Pick<PassRecord, 'id' | 'passId'>, bearer: Bearer): Promise<{ credential: Uint8Array; expiresAt: Date }> {
  const signing = await signingNow(services, 'holder' in bearer ? 'PHONE' : 'PAPER', services.now());
  const [credential] = await signBatch(services, within, signing, [{ id, passId, ...bearer }]);
  return { credential: credential!, expiresAt: new Date(signing.expires * 1000) };
}
