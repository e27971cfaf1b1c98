import { decide, disclosesNothing, type FieldDecision, type Standing } from './decide.js';
import { maskedForms, memberFields, policyRules, relations, type PolicyRule } from './policy.js';
import type { RecordedRelation } from './recordedRelation.js';

/** The policy of one province: the common table, what its concepts' relations open, and the rows of its own fields. */
export interface Policy {
  readonly rules: readonly PolicyRule[];
  /** The decision on every field, or null when nothing at all is shown: then not even the id is. */
  decide(standing: Standing): ReadonlyMap<string, FieldDecision> | null;
}

/** Decisions kept at once; standings are few, so this is a bound and no working size. */
const kept = 1000;

/**
 * Puts the table together and refuses one that says more than it may: a province's own rows open its own fields alone, and a
 * relation's rows rest on that relation alone. The same standing is decided once.
 *
 * @param own a province's own fields, each with the rows that open it
 * @throws Error naming the row that does not fit
 */
export function policyOf(own: readonly { readonly name: string; readonly rules: readonly PolicyRule[] }[], recorded: readonly RecordedRelation[]): Policy {
  const fields = [...memberFields, ...own.map(({ name }) => name)];
  const rules = [...policyRules, ...recorded.flatMap((relation) => relation.rules), ...own.flatMap((field) => field.rules)];
  const known = new Set<string>([...relations, ...recorded.map(({ relation }) => relation)]);
  if (known.size !== relations.length + recorded.length) throw new Error('two relations of the policy have the same name');
  const refuse = (rule: PolicyRule, why: string): never => {
    throw new Error(`policy: the row of ${rule.role} by ${rule.relation} for ${rule.purpose} ${why}`);
  };
  for (const { relation, rules: rows } of recorded) for (const rule of rows) if (rule.relation !== relation) refuse(rule, `rests on another relation than ${relation}`);
  for (const { name, rules: rows } of own) for (const rule of rows) if (Object.keys(rule.fields).some((field) => field !== name)) refuse(rule, `opens more than ${name}`);
  for (const rule of rules) {
    if (!known.has(rule.relation)) refuse(rule, 'rests on a relation that nobody registered');
    for (const [field, treatment] of Object.entries(rule.fields)) {
      if (!fields.includes(field)) refuse(rule, `opens ${field}, which is no field of a member`);
      if (treatment === 'MASKED' && !maskedForms.has(field)) refuse(rule, `masks ${field}, which has no masked form`);
    }
  }

  const decided = new Map<string, ReadonlyMap<string, FieldDecision> | null>();
  return {
    rules,
    decide(standing) {
      const key = JSON.stringify([standing.role, standing.relations.map((held) => [held.relation, held.purpose, held.inCase, held.revealed])]);
      const before = decided.get(key);
      if (before !== undefined) return before;
      const decisions = decide(standing, fields, rules);
      const decision = disclosesNothing(decisions) ? null : decisions;
      if (decided.size >= kept) decided.clear();
      decided.set(key, decision);
      return decision;
    },
  };
}
