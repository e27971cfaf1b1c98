import { randomBytes } from 'node:crypto';
import { challengeText, stepAt } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import { requireClientKey } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { requireOffice } from '../access/index.js';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import type { ProvinceServices } from '../server/services.js';
import { requireStation } from '../station/index.js';
import { challengeEnds, checkActivity } from './rules.js';
import { findChallengeByKey, insertChallenge } from './store.js';
import type { ChallengeRecord } from './types.js';

export interface OpenPassChallengeInput { readonly stationId: string; readonly activity: string; readonly clientKey: string }

/** The challenge as the core reads it. */
export const toChallenge = ({ nonce, step, stationId, activity }: ChallengeRecord) => ({ nonce: new Uint8Array(nonce), step, station: stationId, activity });

/** What the station shows. */
export const textOf = (challenge: ChallengeRecord): string => challengeText(toChallenge(challenge));

/**
 * A challenge of one station for one activity, to be answered once, within its step and the next. The same client key gives the same one.
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, ACTIVITY_INVALID, MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, VERIFY_LIMIT, OUT_OF_SCOPE, CLIENT_KEY_REUSED
 */
export async function openPassChallenge({ entry, db, now, passChecking }: Pick<ProvinceServices, 'entry' | 'db' | 'now' | 'passChecking'>, viewer: Viewer, request: AuditedRequest, input: OpenPassChallengeInput): Promise<ChallengeRecord> {
  const organizationId = requireOffice(viewer, 'VERIFY_PASS');
  const clientKey = requireClientKey(input.clientKey);
  const activity = checkActivity(input.activity)!;
  await passChecking.charge(viewer);
  const stationId = await requireStation(db, entry.code, organizationId, input.stationId);
  const at = now();
  const step = stepAt(at.getTime() / 1000);
  const opened = await db.transaction(async (within) => {
    const inserted = await insertChallenge(within, { id: `${entry.code}-${uuidv7()}`, stationId, activity, nonce: randomBytes(8), step, expiresAt: challengeEnds(step) }, viewer, clientKey, at);
    if (inserted) await recordEntries(within, request, [{ kind: 'PASS_CHECK', memberId: null, purpose: null, reference: inserted.id, fields: [], reason: 'CHALLENGE' }], at);
    return inserted;
  });
  const challenge = opened ?? await findChallengeByKey(db, viewer, clientKey);
  if (challenge?.stationId !== stationId || challenge.activity !== activity) throw new PlatformError('CLIENT_KEY_REUSED');
  return challenge;
}
