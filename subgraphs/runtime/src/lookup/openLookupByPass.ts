import type { PassRefusal } from '@delta/pass';
import { PlatformError } from '@delta/schema/errors';
import { requireClientKey } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { needsCase, requireOffice } from '../access/index.js';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import { checkEntry, claimShown, judgePass, requireChallenge, textOf, toChallenge } from '../passCheck/index.js';
import type { ProvinceServices } from '../server/services.js';
import { requireUsableLookup } from './findLookup.js';
import { lookupEnds } from './rules.js';
import { findLookupByKey, insertLookup } from './store.js';
import type { LookupInCase } from './types.js';

export interface OpenLookupByPassInput { readonly text: string; readonly challengeId: string; readonly purpose: string; readonly clientKey: string }

export type LookupByPass = { readonly lookup: LookupInCase } | { readonly refusal: PassRefusal };

/**
 * Records that this viewer asks who stands at a station with a pass: the phone has answered the station's challenge, once, so it was
 * asked and its holder said yes. What the answer opens is its owner's to judge anew; here is judged whether to ask.
 *
 * 1. The role, the form of the input, the limit on verifying; the challenge, which must be of a station of the viewer's organisation.
 * 2. The code, by the newest lists.
 * 3. The limits on asking, by the pass as the person: a code that is refused asks about nobody.
 * 4. In one transaction: the answer is used up; the act; its audit row.
 *
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, CASE_REQUIRED (a case is about an ID number, which a pass does not tell), VERIFY_LIMIT,
 * MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, NOT_FOUND, OUT_OF_SCOPE, PASS_LISTS_MISSING, LOOKUP_LIMIT, CLIENT_KEY_REUSED, GRANT_EXPIRED
 */
export async function openLookupByPass(services: ProvinceServices, viewer: Viewer, request: AuditedRequest, input: OpenLookupByPassInput): Promise<LookupByPass> {
  const organizationId = requireOffice(viewer, 'OPEN_LOOKUP');
  requireOffice(viewer, 'VERIFY_PASS');
  const clientKey = requireClientKey(input.clientKey);
  const { purpose } = input;
  if (needsCase(purpose)) throw new PlatformError('CASE_REQUIRED');
  await services.passChecking.charge(viewer);
  const challenge = await requireChallenge(services, organizationId, input.challengeId);
  const challengeShown = textOf(challenge);
  const repeated = async (): Promise<LookupByPass | undefined> => {
    const act = await findLookupByKey(services.db, viewer, clientKey);
    if (!act) return undefined;
    if (!act.present || act.purpose !== purpose || (act.presence && (act.presence.text !== input.text || act.presence.challenge !== challengeShown))) throw new PlatformError('CLIENT_KEY_REUSED');
    return { lookup: requireUsableLookup(act, services.now()) };
  };
  const before = await repeated();
  if (before) return before;

  const now = services.now();
  const refused = async (refusal: PassRefusal): Promise<LookupByPass> => {
    await recordEntries(services.db, request, [checkEntry(challenge.id, purpose, refusal.code)], now);
    return { refusal };
  };
  // `risk` leaves neither paper nor a proof without challenge.
  const { outcome, claims } = await judgePass(services.passChecking.lists, input.text, { challenge: toChallenge(challenge), risk: 'high' }, now.getTime() / 1000);
  if (!outcome.valid) return refused(outcome.refusal);
  const work = { blindIndex: `pass:${outcome.issuer}:${outcome.passId}`, purpose };
  await services.limits.charge(viewer, { act: 'LOOKUP', clientKey, ...work });
  const opened = await services.db.transaction(async (within): Promise<LookupByPass | undefined> => {
    const refusal = await claimShown(within, claims, challenge.id, now);
    if (refusal) return { refusal };
    const inserted = await insertLookup(within, {
      id: `${services.entry.code}-${uuidv7()}`, ...work, caseId: null, inCase: false, reveals: null, reveal: [], revealReason: null,
      present: true, presence: { owner: outcome.issuer, text: input.text, challenge: challengeShown }, openedAt: now, expiresAt: lookupEnds(now, null),
    }, viewer, clientKey);
    if (!inserted) throw new PlatformError('CLIENT_KEY_REUSED');
    await recordEntries(within, request, [{ kind: 'LOOKUP', memberId: null, purpose, reference: inserted.id, fields: [] }], now);
    return { lookup: { ...inserted, caseClosedAt: null, caseExpiresAt: null } };
  });
  // Refused by one's own act, sent twice: then this is its answer too.
  if (opened && 'refusal' in opened) return await repeated() ?? refused(opened.refusal);
  return opened!;
}
