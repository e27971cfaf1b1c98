import type { Database } from '@delta/runtime/db/database';
import {
  digestOf, isBlindIndex, isReleases, isVersion, receiptType, registrationLimits, registrationType, type RegistrationBatch, type RegistrationReceipt,
} from '@delta/runtime/directory/index';
import type { Joined } from '@delta/runtime/exchange/index';
import { PlatformError } from '@delta/schema/errors';
import { isMemberId } from '@delta/schema/ids';
import { provinceBySlug } from '@delta/schema/provinces';
import type { Signer, Trust } from '@delta/service/keys';
import { v7 as uuidv7 } from 'uuid';
import { claimTold } from './directoryEvents.js';
import { enterMembers, proveEntry } from './enterMembers.js';

export interface RegistrationServices { readonly db: Database; readonly signer: Signer; readonly trust: Trust; readonly exchange: Pick<Joined, 'tell'>; readonly now: () => Date }

/** A request as the HTTP server hands it on: headers in lower case, the body's own bytes. */
export interface RawRequest { readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly body: Buffer }

/** The receipt's own bytes and the zone's signature over them. */
export interface SignedReceipt { readonly body: string; readonly signature: string }

/** Members that a province loaded in bulk. Signature first, then form, then effect. @throws PlatformError REGISTRATION_REFUSED, ZONE_UNAVAILABLE */
export async function answerRegistration({ db, signer, trust, exchange, now }: RegistrationServices, { headers, body }: RawRequest): Promise<SignedReceipt> {
  const province = provinceBySlug(String(headers['x-delta-province']));
  if (!province) throw new PlatformError('REGISTRATION_REFUSED');
  const claims = await trust.verify(String(headers['x-delta-signature']), { type: registrationType, issuer: province.slug, audience: 'zone' })
    .catch(() => { throw new PlatformError('REGISTRATION_REFUSED'); });
  if (claims['dig'] !== digestOf(body)) throw new PlatformError('REGISTRATION_REFUSED');
  const batch = readBatch(body);
  const entries = await Promise.all(batch.entries.map(({ ownershipVersion, releases = [], ...entry }) => proveEntry(trust, province.slug, { ...entry, version: ownershipVersion, releases })))
    .catch(() => { throw new PlatformError('REGISTRATION_REFUSED'); });
  const refused = await db.transaction(async (within) => {
    const entered = await enterMembers(within, entries, uuidv7(), now());
    await exchange.tell(within, entered.opened.flatMap(claimTold), now());
    return entered.refused;
  });
  const receipt: RegistrationReceipt = { accepted: entries.map(({ memberId }) => memberId).filter((id) => !refused.has(id)), refused: [...refused] };
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
  const entries = batch?.entries;
  if (!Array.isArray(entries) || entries.length > registrationLimits.entries || !entries.every(isEntry)) throw new PlatformError('REGISTRATION_REFUSED');
  return { entries: entries as RegistrationBatch['entries'] };
}

function isEntry(value: unknown): boolean {
  const { memberId, blindIndex, ownershipVersion, releases = [] } = (value ?? {}) as Record<string, unknown>;
  return typeof memberId === 'string' && isMemberId(memberId) && isBlindIndex(blindIndex) && isVersion(ownershipVersion) && isReleases(releases);
}
