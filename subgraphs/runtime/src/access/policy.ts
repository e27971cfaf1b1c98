import type { Role } from '@delta/schema/viewer';

/** How the viewer stands to the member, by the province's own records and verified capabilities, never by a caller's claim. */
export type Relation = 'SELF' | 'OWN_SCOPE' | 'LOOKUP';

/** What a field comes as. */
export type Treatment = 'CLEAR' | 'MASKED';

export type WithholdReason = 'ROLE' | 'SCOPE' | 'PURPOSE';

/** Every field of a member that the policy decides. A province adds its own with rules of its own. */
export const memberFields = [
  'id', 'name', 'gender', 'joinedOn', 'probationary', 'affiliation', 'idNumberMasked', 'phoneMasked', 'province', 'homeOrganization',
] as const;

/** A row of the policy: this role, standing so to the member, asking for this purpose ('*' any), gets these fields. */
export interface PolicyRule {
  readonly role: Role;
  readonly relation: Relation;
  readonly purpose: string;
  readonly fields: Readonly<Record<string, Treatment>>;
}

const whole = Object.fromEntries(memberFields.map((field) => [field, 'CLEAR'])) as Record<string, Treatment>;
const routing = { id: 'CLEAR', name: 'MASKED', affiliation: 'CLEAR', province: 'CLEAR', homeOrganization: 'CLEAR' } as const;
const both = ['station_clerk', 'branch_secretary'] as const;

/** The table. A lookup yields routing first; more only where its purpose needs it. */
export const policyRules: readonly PolicyRule[] = [
  { role: 'member', relation: 'SELF', purpose: '*', fields: whole },
  { role: 'branch_secretary', relation: 'OWN_SCOPE', purpose: '*', fields: whole },
  { role: 'station_clerk', relation: 'OWN_SCOPE', purpose: '*', fields: whole },
  ...both.flatMap((role): PolicyRule[] => [
    { role, relation: 'LOOKUP', purpose: 'CHECK_IN', fields: { ...routing, gender: 'CLEAR', probationary: 'CLEAR', idNumberMasked: 'CLEAR' } },
    { role, relation: 'LOOKUP', purpose: 'AFFILIATION_TRANSFER', fields: { ...routing, gender: 'CLEAR', probationary: 'CLEAR', joinedOn: 'CLEAR', idNumberMasked: 'CLEAR' } },
    { role, relation: 'LOOKUP', purpose: 'ACTIVITY_ADMISSION', fields: { id: 'CLEAR', name: 'MASKED', affiliation: 'CLEAR', province: 'CLEAR' } },
    { role, relation: 'LOOKUP', purpose: 'MEMBER_SERVICE', fields: { ...routing, phoneMasked: 'CLEAR' } },
  ]),
];

/** How one viewer stands to one member. */
export interface Standing {
  readonly role: Role | null;
  readonly relations: readonly { readonly relation: Relation; readonly purpose: string }[];
}

export type FieldDecision = { readonly show: Treatment } | { readonly withhold: WithholdReason };

/** Decides every field at once: the most open treatment that any rule gives. */
export function decide(standing: Standing, fields: readonly string[], rules: readonly PolicyRule[] = policyRules): Map<string, FieldDecision> {
  const ofRole = rules.filter((rule) => rule.role === standing.role);
  const ofRelation = ofRole.filter((rule) => standing.relations.some((held) => held.relation === rule.relation));
  const matching = ofRelation.filter((rule) => standing.relations.some((held) =>
    held.relation === rule.relation && (rule.purpose === '*' || rule.purpose === held.purpose)));
  const reason: WithholdReason = ofRole.length === 0 ? 'ROLE' : ofRelation.length === 0 ? 'SCOPE' : 'PURPOSE';
  return new Map(fields.map((field) => {
    const treatments = matching.flatMap((rule) => rule.fields[field] ?? []);
    return [field, treatments.includes('CLEAR') ? { show: 'CLEAR' } : treatments.includes('MASKED') ? { show: 'MASKED' } : { withhold: reason }];
  }));
}

/** True when nothing at all is shown, so not even the id is given. */
export const disclosesNothing = (decisions: ReadonlyMap<string, FieldDecision>): boolean =>
  [...decisions.values()].every((decision) => 'withhold' in decision);

/** Roles that may open a lookup. */
export const mayOpenLookup = (role: Role): boolean => policyRules.some((rule) => rule.role === role && rule.relation === 'LOOKUP');

/** Roles that may list members of their own scope. */
export const mayListMembers = (role: Role): boolean => policyRules.some((rule) => rule.role === role && rule.relation === 'OWN_SCOPE');
