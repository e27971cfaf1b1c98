import { createHash } from 'node:crypto';
import { PlatformError } from '@delta/schema/errors';
import type { Signer, Trust } from '@delta/service/keys';
import { receiptType, registrationType, type RegistrationBatch, type RegistrationReceipt } from './message.js';

export const digestOf = (body: string | Buffer): string => createHash('sha256').update(body).digest('base64url');

/**
 * Sends one batch to the directory, signed over its bytes, and takes only a receipt that the zone signed for this very batch.
 *
 * @param zoneUrl the zone's base address
 * @param send `fetch`, or one that shows a certificate
 * @throws PlatformError ZONE_UNAVAILABLE, REGISTRATION_REFUSED, SIGNATURE_INVALID (the receipt is not the zone's)
 */
export async function register(zoneUrl: string, { signer, trust, send = fetch }: { readonly signer: Signer; readonly trust: Trust; readonly send?: typeof fetch }, batch: RegistrationBatch): Promise<RegistrationReceipt> {
  const body = JSON.stringify(batch);
  const signature = await signer.sign({ dig: digestOf(body) }, { type: registrationType, audience: 'zone', expiresInSeconds: 60 });
  let answer: Response;
  let receipt: string;
  try {
    answer = await send(new URL('/registrations', zoneUrl), {
      method: 'POST', body, signal: AbortSignal.timeout(20_000),
      headers: { 'content-type': 'application/json', 'x-delta-province': signer.name, 'x-delta-signature': signature },
    });
    receipt = await answer.text();
  } catch (error) {
    throw new PlatformError('ZONE_UNAVAILABLE', {}, error as Error);
  }
  if (answer.status >= 500) throw new PlatformError('ZONE_UNAVAILABLE');
  if (!answer.ok) throw new PlatformError('REGISTRATION_REFUSED');
  const claims = await trust.verify(answer.headers.get('x-delta-signature') ?? '', { type: receiptType, issuer: 'zone', audience: signer.name })
    .catch((error: unknown) => { throw new PlatformError('SIGNATURE_INVALID', {}, error as Error); });
  if (claims['dig'] !== digestOf(receipt) || claims['of'] !== digestOf(body)) throw new PlatformError('SIGNATURE_INVALID');
  return JSON.parse(receipt) as RegistrationReceipt;
}
