import { randomBytes } from 'node:crypto';
import { fingerprintOfRoots } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import { requireClientKey } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { requireOffice } from '../access/index.js';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import type { ProvinceServices } from '../server/services.js';
import { requireStation } from '../station/index.js';
import { hashSecret } from './hashSecret.js';
import { codeLifeMs } from './limits.js';
import { codeOf, randomBytesOfCode, readCode, shownCode } from './rules.js';
import { findEnrolmentByKey, holdStation, insertEnrolment, voidOpen } from './store.js';

export interface OpenStationEnrolmentInput { readonly stationId: string; readonly clientKey: string }

export interface OpenedEnrolment {
  readonly id: string;
  readonly stationId: string;
  /** Null where the act is repeated: only its hash is kept. */
  readonly code: string | null;
  readonly expiresAt: Date;
  readonly rootsFingerprint: string;
}

/**
 * Opens the enrolment of a device for a station of the administrator's organisation or below it, and voids what was open for the station
 * before. The act and its audit row are one transaction; the same client key repeats it, and shows no code again.
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, PASS_ROOTS_MISSING, MALFORMED_ID, FOREIGN_ID, OUT_OF_SCOPE, CLIENT_KEY_REUSED
 */
export async function openStationEnrolment(services: ProvinceServices, viewer: Viewer, request: AuditedRequest, input: OpenStationEnrolmentInput): Promise<OpenedEnrolment> {
  const organizationId = requireOffice(viewer, 'ENROL_STATIONS');
  const clientKey = requireClientKey(input.clientKey);
  if (!services.passRoots) throw new PlatformError('PASS_ROOTS_MISSING');
  const stationId = await requireStation(services.db, services.entry.code, organizationId, input.stationId);
  const now = services.now();
  const code = codeOf(randomBytes(randomBytesOfCode));
  const { selector, secret } = readCode(code);
  const salt = randomBytes(16);
  const enrolment = {
    id: `${services.entry.code}-${uuidv7()}`, stationId, organizationId, selector, salt, secretHash: await hashSecret(secret, salt),
    openedAt: now, expiresAt: new Date(now.getTime() + codeLifeMs), tries: 0, closedAs: null,
  };
  const opened = await services.db.transaction(async (within) => {
    await holdStation(within, stationId);
    const inserted = await insertEnrolment(within, enrolment, viewer, clientKey);
    if (!inserted) return null;
    await voidOpen(within, stationId, inserted.id, now);
    await recordEntries(within, request, [{ kind: 'STATION', memberId: null, purpose: null, reference: inserted.id, fields: [], reason: 'OPENED' }], now);
    return inserted;
  });
  const act = opened ?? await findEnrolmentByKey(services.db, viewer, clientKey);
  if (!act || act.stationId !== stationId || act.organizationId !== organizationId) throw new PlatformError('CLIENT_KEY_REUSED');
  return { id: act.id, stationId, code: opened ? shownCode(code) : null, expiresAt: act.expiresAt, rootsFingerprint: await fingerprintOfRoots(services.passRoots) };
}
