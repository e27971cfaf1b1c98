import { fingerprintOfRoots } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import { requireClientKey } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { requireOffice } from '../access/index.js';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import { codeLifeMs, codeShown, drawCode, selectorOf } from '../oneTimeCode/index.js';
import type { ProvinceServices } from '../server/services.js';
import { requireStation } from '../station/index.js';
import { findEnrolmentByKey, holdStation, insertEnrolment, voidOpen } from './store.js';
import type { EnrolmentRecord } from './types.js';

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
  const enrolment = { id: `${services.entry.code}-${uuidv7()}`, stationId, organizationId, openedAt: now, expiresAt: new Date(now.getTime() + codeLifeMs), tries: 0, closedAs: null };
  const { act, code } = await services.db.transaction(async (within): Promise<{ act: Pick<EnrolmentRecord, 'id' | 'stationId' | 'organizationId' | 'expiresAt'>; code: string | null }> => {
    await holdStation(within, stationId);
    for (;;) {
      const code = drawCode();
      if (await insertEnrolment(within, { ...enrolment, selector: selectorOf(code), ...services.codes.hash(code) }, viewer, clientKey)) {
        await voidOpen(within, stationId, enrolment.id, now);
        await recordEntries(within, request, [{ kind: 'STATION', memberId: null, purpose: null, reference: enrolment.id, fields: [], reason: 'OPENED' }], now);
        return { act: enrolment, code: codeShown(code) };
      }
      const act = await findEnrolmentByKey(within, viewer, clientKey);
      if (act) return { act, code: null };
    }
  });
  if (act.stationId !== stationId || act.organizationId !== organizationId) throw new PlatformError('CLIENT_KEY_REUSED');
  return { id: act.id, stationId, code, expiresAt: act.expiresAt, rootsFingerprint: await fingerprintOfRoots(services.passRoots) };
}
