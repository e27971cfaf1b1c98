import {
  digestOf, receiptType, registrationLimits, registrationType, type RegistrationBatch, type RegistrationReceipt,
} from '@delta/runtime/directory/index';
import { PlatformError } from '@delta/schema/errors';
import { isMemberId } from '@delta/schema/ids';
import { provinceBySlug } from '@delta/schema/provinces';
import type { Database } from '@delta/runtime/db/database';
import type { Signer, Trust } from '@delta/service/keys';
import { v7 as uuidv7 } from 'uuid';
import { registerBatch } from './registerBatch.js';
import { looksSince } from './store.js';

export interface RegistrationServices { readonly db: Database; readonly signer: Signer; readonly trust: Trust; readonly now: () => Date }

/** A request as the HTTP server hands it on: headers in lower case, the body's own bytes. */
export interface RawRequest { readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly body: Buffer }

/** The receipt's own bytes and the zone's signature over them. */
export interface SignedReceipt { readonly body: string; readonly signature: string }

const blindIndexForm = /^[a-z0-9]{1,16}:[A-Za-z0-9_-]{43}$/;

/** Signature first, then form, then effect. @throws PlatformError REGISTRATION_REFUSED, ZONE_UNAVAILABLE */
export async function answerRegistration({ db, signer, trust, now }: RegistrationServices, { headers, body }: RawRequest): Promise<SignedReceipt> {
  const province = provinceBySlug(String(headers['x-delta-province']));
  if (!province) throw new PlatformError('REGISTRATION_REFUSED');
  const claims = await trust.verify(String(headers['x-delta-signature']), { type: registrationType, issuer: province.slug, audience: 'zone' })
    .catch(() => { throw new PlatformError('REGISTRATION_REFUSED'); });
  if (claims['dig'] !== digestOf(body)) throw new PlatformError('REGISTRATION_REFUSED');
  const batch = readBatch(body);
  const receipt: RegistrationReceipt = {
    ...await registerBatch(db, province.slug, batch, uuidv7(), now()),
    notices: await looksSince(db, province.slug, batch.looksAfter ?? '0'),
  };
  const answer = JSON.stringify(receipt);
  const signature = await signer.sign({ dig: digestOf(answer), of: digestOf(body) }, { type: receiptType, audience: province.slug, expiresInSeconds: 60 });
  return { body: answer, signature };
}

function readBatch(body: Buffer): RegistrationBatch {
  let batch: Partial<Record<keyof RegistrationBatch, unknown>> | null;
  try {
    batch = JSON.parse(body.toString()) as typeof batch;
  } catch {
    throw new PlatformError('REGISTRATION_REFUSED');
  }
  const { entries, releases = [], looksAfter = '0' } = batch ?? {};
  const sound = isList(entries) && entries.every(isEntry)
    && isList(releases) && releases.every((id) => typeof id === 'string' && isMemberId(id))
    && typeof looksAfter === 'string' && /^[0-9]{1,18}$/.test(looksAfter);
  if (!sound) throw new PlatformError('REGISTRATION_REFUSED');
  return { entries, releases, looksAfter } as RegistrationBatch;
}

const isList = (value: unknown): value is unknown[] => Array.isArray(value) && value.length <= registrationLimits.entries;

function isEntry(value: unknown): boolean {
  const { memberId, blindIndex, ownershipVersion } = (value ?? {}) as Record<string, unknown>;
  return typeof memberId === 'string' && isMemberId(memberId) && typeof blindIndex === 'string' && blindIndexForm.test(blindIndex)
    && Number.isInteger(ownershipVersion);
}
