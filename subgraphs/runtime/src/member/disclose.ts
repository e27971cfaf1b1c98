import { standingOf, type FieldDecision, type HeldRelation, type Policy, type Why } from '../access/index.js';
import type { AuditTrail } from '../audit/index.js';
import type { Viewer } from '@delta/schema/viewer';
import type { MemberRecord } from './types.js';

/** A member as one viewer may see it: the record and the policy's word on every field. The record itself never leaves. */
export interface DisclosedMember {
  readonly record: MemberRecord;
  readonly decisions: ReadonlyMap<string, FieldDecision>;
  readonly why: Why;
  /** The purpose that the audit names. */
  readonly purpose: string;
  /** The capability it was reached by, given back as the key. */
  readonly via?: string;
}

/** Who asks, in which province, by which policy. */
export interface Asking { readonly policy: Policy; readonly viewer: Viewer | null; readonly province: string }

/** Null when the policy opens no field at all. @param held relations that the province's records tell beside the member's own row */
export function disclose({ policy, viewer, province }: Asking, record: MemberRecord, why: Why, held: readonly HeldRelation[] = []): DisclosedMember | null {
  const standing = standingOf(viewer, province, record.id, record.path, why, held);
  const decisions = policy.decide(standing);
  return decisions && { record, decisions, why, purpose: why.kind !== 'DIRECT' ? why.purpose : standing.relations[0]?.purpose ?? 'OWN_WORK' };
}

/**
 * One field of a disclosed member: null when withheld; what is not null is noted in the trail.
 * @param value the field in clear; `masked` what stands for it where the policy masks
 */
export function reveal<T>(member: DisclosedMember, field: string, trail: AuditTrail, value: (record: MemberRecord) => T | null, masked?: (record: MemberRecord) => T | null): T | null {
  const decision = member.decisions.get(field);
  if (!decision || 'withhold' in decision) return null;
  const shown = decision.show === 'CLEAR' ? value(member.record) : masked?.(member.record) ?? null;
  if (shown !== null) {
    trail.add({
      kind: 'DISCLOSURE', memberId: member.record.id, purpose: member.purpose,
      reference: member.why.kind !== 'DIRECT' ? member.why.lookupId : null, fields: [field],
    });
  }
  return shown;
}
