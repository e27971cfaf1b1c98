import type { Role } from '@delta/schema/viewer';
import { maskedForms, policyRules, type PolicyRule, type Treatment } from './policy.js';

/** One way in which a viewer stands to a member. */
export interface HeldRelation {
  readonly relation: string;
  readonly purpose: string;
  /** Whether it rests on an open case. */
  readonly inCase?: boolean;
  /** Fields that were revealed in that case. */
  readonly revealed?: readonly string[];
}

/** How one viewer stands to one member. */
export interface Standing {
  readonly role: Role | null;
  readonly relations: readonly HeldRelation[];
}

/**
 * ROLE: nothing opens the field to this role. SCOPE: the viewer stands to the member in no way that the role knows.
 * PURPOSE: not for this purpose, or not without a case. NEEDS_REVEAL: after a reveal in the case.
 */
export type WithholdReason = 'ROLE' | 'SCOPE' | 'PURPOSE' | 'NEEDS_REVEAL';

export type FieldDecision = { readonly show: 'CLEAR' | 'MASKED' } | { readonly withhold: WithholdReason };

const holds = (rule: PolicyRule, held: HeldRelation): boolean =>
  held.relation === rule.relation && (rule.purpose === '*' || rule.purpose === held.purpose) && (rule.inCase !== true || held.inCase === true);

/** Decides every field at once: the most open treatment that any rule gives. */
export function decide(standing: Standing, fields: readonly string[], rules: readonly PolicyRule[] = policyRules): Map<string, FieldDecision> {
  const ofRole = rules.filter((rule) => rule.role === standing.role);
  const stands = ofRole.some((rule) => standing.relations.some((held) => held.relation === rule.relation));
  const matching = ofRole.flatMap((rule) => standing.relations.filter((held) => holds(rule, held)).map((held) => ({ rule, held })));
  return new Map(fields.map((field): [string, FieldDecision] => {
    const treatments = new Set(matching.flatMap(({ rule, held }): Treatment[] => {
      const treatment = rule.fields[field];
      return treatment === undefined ? [] : [treatment === 'REVEAL' && held.revealed?.includes(field) === true ? 'CLEAR' : treatment];
    }));
    if (treatments.has('CLEAR')) return [field, { show: 'CLEAR' }];
    if (treatments.has('MASKED') || (treatments.has('REVEAL') && maskedForms.has(field))) return [field, { show: 'MASKED' }];
    if (treatments.has('REVEAL')) return [field, { withhold: 'NEEDS_REVEAL' }];
    const known = ofRole.some((rule) => rule.fields[field] !== undefined);
    return [field, { withhold: !known ? 'ROLE' : !stands ? 'SCOPE' : 'PURPOSE' }];
  }));
}

/** True when nothing at all is shown, so not even the id is given. */
export const disclosesNothing = (decisions: ReadonlyMap<string, FieldDecision>): boolean =>
  [...decisions.values()].every((decision) => 'withhold' in decision);
