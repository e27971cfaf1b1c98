import { createHash } from 'node:crypto';
import { fingerprintOfRoots, nodePlatform, type Root } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import type { ProvinceServices } from '../server/services.js';
import { provesSecret } from './hashSecret.js';
import { certificateSeconds, maxCodeText, maxTries } from './limits.js';
import { readCode, readStationKey, requireOpen } from './rules.js';
import { chargeTry, closeEnrolment, endStationKey, findEnrolmentBySelector, findStationKeyByKid, holdStation, insertStationKey } from './store.js';
import type { EnrolmentRecord } from './types.js';

export interface EnrolStationInput { readonly code: string; readonly stationKey: string }

/** What a station knows and pins from now on. */
export interface StationRegistration {
  readonly stationId: string;
  readonly kid: string;
  readonly roots: readonly Root[];
  readonly rootsFingerprint: string;
  readonly serverTime: Date;
  readonly certificate: string;
}

/**
 * Enrols the device that shows a code, under its own public key. Nobody is signed in: the code is what proves.
 * 1. A try is charged before it is judged, and stays charged whatever comes of it.
 * 2. Of several that show the right code, the first to close the enrolment has it; its repetition with the same key (an answer that was
 *    lost) is answered alike.
 * 3. The key that the station had before ends in the transaction that enrols the new one.
 * @throws PlatformError STATION_CODE_*, STATION_KEY_INVALID, PASS_ROOTS_MISSING
 */
export async function enrolStation(services: ProvinceServices, request: AuditedRequest, input: EnrolStationInput): Promise<StationRegistration> {
  const { db } = services;
  if (input.code.length > maxCodeText) throw new PlatformError('STATION_CODE_INVALID');
  const { selector, secret } = readCode(input.code);
  const publicKey = Buffer.from(readStationKey(input.stationKey), 'base64url');
  if (!nodePlatform.importKey(publicKey)) throw new PlatformError('STATION_KEY_INVALID');
  const kid = createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
  const enrolment = await findEnrolmentBySelector(db, selector);
  if (!enrolment) throw new PlatformError('STATION_CODE_INVALID');
  if (await isRepetition(services, enrolment, kid, secret)) return registrationOf(services, enrolment.stationId, kid, publicKey);

  const now = services.now();
  requireOpen(enrolment, now, maxTries);
  if (!(await chargeTry(db, enrolment.id, maxTries, now))) throw await lateRefusal(services, enrolment);
  if (!(await provesSecret(secret, enrolment))) {
    if (enrolment.tries + 1 >= maxTries) await giveUp(services, request, enrolment);
    throw new PlatformError('STATION_CODE_INVALID');
  }
  const won = await db.transaction(async (within) => {
    await holdStation(within, enrolment.stationId);
    if (!(await closeEnrolment(within, enrolment.id, 'USED', now))) return false;
    await endStationKey(within, enrolment.stationId, 'REPLACED', now);
    const key = { id: enrolment.id, stationId: enrolment.stationId, kid, publicKey, enrolledAt: now, endedAt: null, endedAs: null };
    // Undoes the closing too: the code is good for another try with a key that is new.
    if (!(await insertStationKey(within, key))) throw new PlatformError('STATION_KEY_INVALID');
    await recordEntries(within, request, [{ kind: 'STATION', memberId: null, purpose: null, reference: enrolment.id, fields: [], reason: 'ENROLLED' }], now);
    return true;
  });
  if (!won && !(await isRepetition(services, { ...enrolment, closedAs: 'USED' }, kid, secret))) throw new PlatformError('STATION_CODE_USED');
  return registrationOf(services, enrolment.stationId, kid, publicKey);
}

/** The device that this very code has enrolled, as long as its key is in use. */
async function isRepetition({ db }: ProvinceServices, enrolment: EnrolmentRecord, kid: string, secret: string): Promise<boolean> {
  if (enrolment.closedAs !== 'USED') return false;
  const key = await findStationKeyByKid(db, kid);
  return key?.id === enrolment.id && key.endedAt === null && provesSecret(secret, enrolment);
}

/** What has happened since the enrolment was read. */
async function lateRefusal({ db, now }: ProvinceServices, { selector }: EnrolmentRecord): Promise<unknown> {
  const current = await findEnrolmentBySelector(db, selector);
  try {
    if (current) requireOpen(current, now(), maxTries);
  } catch (error) {
    return error;
  }
  return new PlatformError('STATION_CODE_LOCKED');
}

const giveUp = ({ db, now }: ProvinceServices, request: AuditedRequest, { id }: EnrolmentRecord): Promise<void> => db.transaction(async (within) => {
  if (!(await closeEnrolment(within, id, 'EXHAUSTED', now()))) return;
  await recordEntries(within, request, [{ kind: 'STATION', memberId: null, purpose: null, reference: id, fields: [], reason: 'EXHAUSTED' }], now());
});

async function registrationOf({ signer, passRoots: roots, now }: ProvinceServices, stationId: string, kid: string, publicKey: Buffer): Promise<StationRegistration> {
  if (!roots) throw new PlatformError('PASS_ROOTS_MISSING');
  const [serverTime, rootsFingerprint] = [now(), await fingerprintOfRoots(roots)];
  const certificate = await signer.sign({ kid, key: publicKey.toString('base64url'), roots: rootsFingerprint }, { type: 'delta-station+jwt', audience: stationId, expiresInSeconds: certificateSeconds, now: serverTime });
  return { stationId, kid, roots, rootsFingerprint, serverTime, certificate };
}
