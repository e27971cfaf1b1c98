import { fingerprintOfRoots, type Root } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import type { Transaction } from '../db/database.js';
import { codeFault, codeTries, readCode, readPoint, selectorOf, type CodeFault, type Point } from '../oneTimeCode/index.js';
import type { ProvinceServices } from '../server/services.js';
import { certificateSeconds } from './limits.js';
import { closeEnrolment, countTry, endStationKey, findEnrolmentBySelector, findStationKeyByKid, holdStation, insertStationKey } from './store.js';
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

type Outcome = { readonly stationId: string } | { readonly refused: CodeFault };

/**
 * Enrols the device that shows a code, under its own public key. Nobody is signed in: the code is what proves.
 * 1. Whoever tries codes of one station does so one after the other, since each waits for the station; a wrong one is counted, and the
 *    count is committed by itself.
 * 2. Of several that show the right code, the first to close the enrolment has it; its repetition with the same key (an answer that was
 *    lost) is answered alike.
 * 3. The key that the station had before ends in the transaction that enrols the new one.
 * Only who has the right code learns that it was used, is late or is locked.
 * @throws PlatformError STATION_CODE_*, STATION_KEY_INVALID, PASS_ROOTS_MISSING
 */
export async function enrolStation(services: ProvinceServices, request: AuditedRequest, input: EnrolStationInput): Promise<StationRegistration> {
  const key = readPoint(input.stationKey);
  if (!key) throw new PlatformError('STATION_KEY_INVALID');
  const code = readCode(input.code);
  const outcome: Outcome = code === undefined ? { refused: 'INVALID' } : await services.db.transaction((within) => enter(services, within, request, code, key));
  if ('refused' in outcome) throw new PlatformError(`STATION_CODE_${outcome.refused}`);
  return registrationOf(services, outcome.stationId, key);
}

async function enter(services: ProvinceServices, within: Transaction, request: AuditedRequest, code: string, key: Point): Promise<Outcome> {
  const enrolment = await holdEnrolment(within, selectorOf(code));
  const at = services.now();
  const matches = enrolment !== null && services.codes.matches(code, enrolment);
  const refused = codeFault(enrolment ? { ...enrolment, used: enrolment.closedAs === 'USED' || enrolment.closedAs === 'REPLACED' } : undefined, matches, codeTries, at);
  if (refused === 'USED' && await isRepetition(within, enrolment!, key)) return enrolment!;
  if (refused) {
    if (enrolment?.closedAs === null && !matches) await countWrong(within, request, enrolment, at);
    return { refused };
  }
  const { id, stationId } = enrolment!;
  await closeEnrolment(within, id, 'USED', at);
  await endStationKey(within, stationId, 'REPLACED', at);
  // Undoes the closing too: the code is good for another try with a key that is new.
  if (!(await insertStationKey(within, { id, stationId, ...key, enrolledAt: at, endedAt: null, endedAs: null }))) throw new PlatformError('STATION_KEY_INVALID');
  await recordEntries(within, request, [{ kind: 'STATION', memberId: null, purpose: null, reference: id, fields: [], reason: 'ENROLLED' }], at);
  return { stationId };
}

/** As it stands once the station is held, for which another device may have been enrolled meanwhile. */
async function holdEnrolment(within: Transaction, selector: string): Promise<EnrolmentRecord | null> {
  const found = await findEnrolmentBySelector(within, selector);
  if (!found) return null;
  // The station first, as whoever opens and withdraws does: so neither waits for the other.
  await holdStation(within, found.stationId);
  return findEnrolmentBySelector(within, selector);
}

/** The device that this very code has enrolled, as long as its key is in use. */
async function isRepetition(within: Transaction, { id }: EnrolmentRecord, { kid }: Point): Promise<boolean> {
  const key = await findStationKeyByKid(within, kid);
  return key?.id === id && key.endedAt === null;
}

async function countWrong(within: Transaction, request: AuditedRequest, { id, tries }: EnrolmentRecord, at: Date): Promise<void> {
  await countTry(within, id);
  if (tries + 1 < codeTries) return;
  await closeEnrolment(within, id, 'EXHAUSTED', at);
  await recordEntries(within, request, [{ kind: 'STATION', memberId: null, purpose: null, reference: id, fields: [], reason: 'EXHAUSTED' }], at);
}

async function registrationOf({ signer, passRoots: roots, now }: ProvinceServices, stationId: string, { kid, publicKey }: Point): Promise<StationRegistration> {
  if (!roots) throw new PlatformError('PASS_ROOTS_MISSING');
  const [serverTime, rootsFingerprint] = [now(), await fingerprintOfRoots(roots)];
  const certificate = await signer.sign({ kid, key: publicKey.toString('base64url'), roots: rootsFingerprint }, { type: 'delta-station+jwt', audience: stationId, expiresInSeconds: certificateSeconds, now: serverTime });
  return { stationId, kid, roots, rootsFingerprint, serverTime, certificate };
}
