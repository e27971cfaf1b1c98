import { decide, disclosesNothing, policyRules, standingOf, type FieldDecision, type PolicyRule, type Why } from '../access/index.js';
import type { AuditTrail } from '../audit/index.js';
import type { Viewer } from '@delta/schema/viewer';
import { PlatformError } from '@delta/schema/errors';
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

/** @throws PlatformError NOT_DISCLOSED when the policy opens no field at all */
export function disclose(record: MemberRecord, why: Why, viewer: Viewer | null, province: string, fields: readonly string[], ownRules: readonly PolicyRule[]): DisclosedMember {
  const standing = standingOf(viewer, province, record.id, record.path, why);
  const decisions = decide(standing, fields, [...policyRules, ...ownRules]);
  if (disclosesNothing(decisions)) throw new PlatformError('NOT_DISCLOSED');
  return { record, decisions, why, purpose: why.kind === 'LOOKUP' ? why.purpose : standing.relations[0]?.purpose ?? 'OWN_WORK' };
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
      reference: member.why.kind === 'LOOKUP' ? member.why.lookupId : null, fields: [field],
    });
  }
  return shown;
}
