import { recordEntries, type AuditEntry } from '@delta/runtime/audit/index';
import type { Database } from '@delta/runtime/db/database';
import type { RegistrationBatch, RegistrationReceipt } from '@delta/runtime/directory/index';
import { claimsOf, deleteEntries, findConflicts, insertEntries, openClaims, type NewClaim } from './store.js';

/**
 * Enters a province's members. What the province registered before is accepted again; what another holds, or a second id for
 * the same person, is refused and opens a claim that both provinces see. What it releases is forgotten, if it was the province's.
 */
export async function registerBatch(
  db: Database, province: string, { entries, releases = [] }: RegistrationBatch, requestId: string, now: Date,
): Promise<Pick<RegistrationReceipt, 'accepted' | 'refused' | 'released' | 'claims'>> {
  return db.transaction(async (within) => {
    const entered = entries.length > 0 ? await insertEntries(within, province, entries, now) : new Set<string>();
    const left = entries.filter((entry) => !entered.has(entry.memberId));
    const conflicts = left.length > 0 ? await findConflicts(within, left) : [];
    const byId = new Map(conflicts.map((conflict) => [conflict.memberId, conflict]));
    const byIndex = new Map(conflicts.map((conflict) => [conflict.blindIndex, conflict]));

    const claims = left.flatMap((entry): NewClaim[] => {
      const holder = byId.get(entry.memberId) ?? byIndex.get(entry.blindIndex);
      if (!holder) return [];
      const same = holder.province === province && holder.memberId === entry.memberId && holder.blindIndex === entry.blindIndex;
      return same ? [] : [{ memberId: holder.memberId, claimedId: entry.memberId, holder: holder.province }];
    });
    const refused = new Set(claims.map((claim) => claim.claimedId));
    const opened = claims.length > 0 ? await openClaims(within, province, claims, now) : [];
    const forgotten = releases.length > 0 ? await deleteEntries(within, province, releases) : [];
    await recordEntries(within, { requestId, viewer: null }, [
      ...opened.map((claim): AuditEntry => ({ kind: 'CLAIM', memberId: claim.memberId, purpose: null, reference: claim.id, fields: [] })),
      ...forgotten.map((memberId): AuditEntry => ({ kind: 'SHRED', memberId, purpose: null, reference: null, fields: [] })),
    ], now);
    return {
      accepted: entries.map((entry) => entry.memberId).filter((id) => !refused.has(id)),
      refused: [...refused],
      released: releases,
      claims: await claimsOf(within, province),
    };
  });
}
