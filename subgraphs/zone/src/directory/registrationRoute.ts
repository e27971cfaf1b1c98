import { createHash } from 'node:crypto';
import type { Database } from '@delta/runtime/db/database';
import { registrationLimits, registrationType, type RegistrationBatch } from '@delta/runtime/exchange/registration/index';
import { PlatformError } from '@delta/schema/errors';
import { isMemberId } from '@delta/schema/ids';
import { provinceBySlug } from '@delta/schema/provinces';
import type { Trust } from '@delta/service/keys';
import { v7 as uuidv7 } from 'uuid';
import { registerBatch } from './registerBatch.js';

export interface RegistrationServices { readonly db: Database; readonly trust: Trust; readonly now: () => Date }

/** A request as the HTTP server hands it on: headers in lower case, the body's own bytes. */
export interface RawRequest { readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly body: Buffer }

const blindIndexForm = /^[a-z0-9]{1,16}:[A-Za-z0-9_-]{43}$/;

/** Signature first, then form, then effect. @throws PlatformError REGISTRATION_REFUSED, ZONE_UNAVAILABLE */
export async function answerRegistration(services: RegistrationServices, { headers, body }: RawRequest) {
  const province = provinceBySlug(String(headers['x-delta-province']));
  if (!province) throw new PlatformError('REGISTRATION_REFUSED');
  const digest = createHash('sha256').update(body).digest('base64url');
  const claims = await services.trust.verify(String(headers['x-delta-signature']), { type: registrationType, issuer: province.slug, audience: 'zone' })
    .catch(() => { throw new PlatformError('REGISTRATION_REFUSED'); });
  if (claims['dig'] !== digest) throw new PlatformError('REGISTRATION_REFUSED');
  const { entries } = readBatch(body);
  return registerBatch(services.db, province.slug, entries, uuidv7(), services.now());
}

function readBatch(body: Buffer): RegistrationBatch {
  let batch: { entries?: unknown };
  try {
    batch = JSON.parse(body.toString()) as { entries?: unknown };
  } catch {
    throw new PlatformError('REGISTRATION_REFUSED');
  }
  const { entries } = batch;
  if (!Array.isArray(entries) || entries.length > registrationLimits.entries) throw new PlatformError('REGISTRATION_REFUSED');
  const sound = (entries as Record<string, unknown>[]).every((e) => typeof e['memberId'] === 'string' && isMemberId(e['memberId'])
    && typeof e['blindIndex'] === 'string' && blindIndexForm.test(e['blindIndex']) && Number.isInteger(e['ownershipVersion']));
  if (!sound) throw new PlatformError('REGISTRATION_REFUSED');
  return batch as RegistrationBatch;
}
