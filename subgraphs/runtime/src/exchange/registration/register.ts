import { createHash } from 'node:crypto';
import { PlatformError } from '@delta/schema/errors';
import type { Signer } from '@delta/service/keys';
import { registrationType, type RegistrationBatch, type RegistrationReceipt } from './message.js';

/**
 * Sends one batch to the directory, signed over its bytes. The one way by which a province registers members; the exchange
 * will take its place.
 *
 * @param zoneUrl the zone's base address
 * @throws PlatformError ZONE_UNAVAILABLE, REGISTRATION_REFUSED
 */
export async function register(zoneUrl: string, signer: Signer, batch: RegistrationBatch): Promise<RegistrationReceipt> {
  const body = JSON.stringify(batch);
  const signature = await signer.sign({ dig: createHash('sha256').update(body).digest('base64url') }, { type: registrationType, audience: 'zone', expiresInSeconds: 60 });
  let answer: Response;
  try {
    answer = await fetch(new URL('/registrations', zoneUrl), {
      method: 'POST', body, signal: AbortSignal.timeout(20_000),
      headers: { 'content-type': 'application/json', 'x-delta-province': signer.name, 'x-delta-signature': signature },
    });
  } catch (error) {
    throw new PlatformError('ZONE_UNAVAILABLE', {}, error as Error);
  }
  if (answer.status >= 500) throw new PlatformError('ZONE_UNAVAILABLE');
  if (!answer.ok) throw new PlatformError('REGISTRATION_REFUSED');
  return await answer.json() as RegistrationReceipt;
}
