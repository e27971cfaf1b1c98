import { PlatformError } from '@delta/schema/errors';
import { requireClientKey, requireIdOf } from '@delta/schema/ids';
import type { Viewer } from '@delta/schema/viewer';
import { v7 as uuidv7 } from 'uuid';
import { requireOffice, revealable } from '../access/index.js';
import { recordEntries, type AuditedRequest } from '../audit/index.js';
import { useCase } from '../case/index.js';
import type { ProvinceServices } from '../server/services.js';
import { requireUsableLookup } from './findLookup.js';
import { lookupEnds, policyNames } from './rules.js';
import { findLookupByKey, findOwnLookup, insertLookup } from './store.js';
import type { LookupInCase } from './types.js';

export interface RevealMemberInput { readonly lookupId: string; readonly fields: readonly string[]; readonly reason: string; readonly clientKey: string }

/**
 * Opens a lookup of its own that shows masked fields of the person of a case in clear, each time for a stated reason. It rests
 * on a lookup that the viewer opened, not on another reveal: whoever reveals has had the person's number within minutes. The
 * owner's policy decides once more.
 *
 * @throws PlatformError FORBIDDEN, CLIENT_KEY_INVALID, MALFORMED_ID, UNKNOWN_PROVINCE, FOREIGN_ID, LOOKUP_LIMIT, NOT_FOUND, REVEAL_NEEDS_CASE,
 * REVEAL_NOT_ALLOWED, CASE_CLOSED, CASE_EXPIRED, GRANT_EXPIRED, CLIENT_KEY_REUSED
 */
export async function revealMember(services: ProvinceServices, viewer: Viewer, request: AuditedRequest, input: RevealMemberInput): Promise<LookupInCase> {
  const organizationId = requireOffice(viewer, 'REVEAL_MEMBER');
  const clientKey = requireClientKey(input.clientKey);
  const lookupId = requireIdOf(services.entry.code, input.lookupId);
  const reveal = [...new Set(input.fields.map((field) => policyNames[field] ?? field))].sort();
  const now = services.now();
  await services.limits.charge(viewer, { act: 'REVEAL', clientKey, lookupId });
  const opened = await services.db.transaction(async (within) => {
    const rests = await findOwnLookup(within, viewer, lookupId);
    if (!rests) throw new PlatformError('NOT_FOUND');
    if (rests.caseId === null) throw new PlatformError('REVEAL_NEEDS_CASE');
    const allowed = revealable(viewer.role, rests.purpose);
    if (rests.reveals !== null || reveal.length === 0 || !reveal.every((field) => allowed.includes(field))) throw new PlatformError('REVEAL_NOT_ALLOWED');
    const file = await useCase(within, organizationId, rests.caseId, rests, now);
    requireUsableLookup(rests, now);
    const inserted = await insertLookup(within, {
      ...rests, id: `${services.entry.code}-${uuidv7()}`, reveals: rests.id, reveal, revealReason: input.reason, openedAt: now, expiresAt: lookupEnds(now, file.expiresAt),
    }, viewer, clientKey);
    if (inserted) {
      await recordEntries(within, request, [{
        kind: 'REVEAL', memberId: null, purpose: inserted.purpose, reference: inserted.id, fields: reveal, reason: input.reason,
      }], now);
    }
    return inserted && { ...inserted, caseClosedAt: null, caseExpiresAt: file.expiresAt };
  });
  if (opened) return opened;
  const act = await findLookupByKey(services.db, viewer, clientKey);
  if (!act || act.reveals !== lookupId || act.revealReason !== input.reason || act.reveal.join() !== reveal.join()) throw new PlatformError('CLIENT_KEY_REUSED');
  return requireUsableLookup(act, now);
}
