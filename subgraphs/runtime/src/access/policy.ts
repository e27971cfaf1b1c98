import type { Role } from '@delta/schema/viewer';

/** What something of the policy is called and means, in the generated document. */
export interface Meaning { readonly en: string; readonly zh: string }

/** How the viewer stands to the member, by the owning province's own records and verified capabilities, never by a caller's claim. */
export const relations = ['SELF', 'OWN_SCOPE', 'LOOKUP'] as const;

export type Relation = (typeof relations)[number];

export const relationMeanings: Readonly<Record<Relation, Meaning>> = {
  SELF: { en: 'the record is the viewer\'s own', zh: '本人' },
  OWN_SCOPE: { en: 'the member\'s home organisation is the viewer\'s own or one below it, in the viewer\'s own province', zh: '本组织及下级组织' },
  LOOKUP: { en: 'the viewer opened a lookup of this person, which the asking province recorded, granted and signed', zh: '跨省查询' },
};

/**
 * What a field comes as. REVEAL: in clear once it was revealed in a case, for a stated reason; until then masked where the
 * field has a mask, withheld where it has none.
 */
export type Treatment = 'CLEAR' | 'MASKED' | 'REVEAL';

/** Every field of a member that the policy decides. A province adds its own with rules of its own. */
export const memberFields = [
  'id', 'name', 'gender', 'joinedOn', 'probationary', 'affiliation', 'idNumberMasked', 'phoneMasked', 'phone', 'province', 'homeOrganization',
  'accessLog', 'passes',
] as const;

export type MemberField = (typeof memberFields)[number];

/** Fields of which a masked form exists. */
export const maskedForms: ReadonlySet<string> = new Set<MemberField>(['name']);

/** A row of the policy: this role, standing so to the member, asking for this purpose ('*' any), gets these fields. */
export interface PolicyRule {
  readonly role: Role;
  /** One of `relations`, or one that a concept registers. */
  readonly relation: string;
  readonly purpose: string;
  /** Whether the row holds only for a lookup that rests on an open case. */
  readonly inCase?: true;
  readonly fields: Readonly<Record<string, Treatment>>;
}

type Fields = Readonly<Partial<Record<MemberField, Treatment>>>;

/** What an organisation's daily work with its own member needs. */
const record: Fields = {
  id: 'CLEAR', name: 'CLEAR', gender: 'CLEAR', joinedOn: 'CLEAR', probationary: 'CLEAR', affiliation: 'CLEAR', idNumberMasked: 'CLEAR',
  phoneMasked: 'CLEAR', province: 'CLEAR', homeOrganization: 'CLEAR',
};
/** Where a member belongs, so that an office knows whom to turn to. */
const routing: Fields = { id: 'CLEAR', name: 'MASKED', affiliation: 'CLEAR', province: 'CLEAR', homeOrganization: 'CLEAR' };
const checkIn: Fields = { ...routing, gender: 'CLEAR', probationary: 'CLEAR', idNumberMasked: 'CLEAR' };
const transfer: Fields = { ...checkIn, joinedOn: 'CLEAR', name: 'REVEAL', phone: 'REVEAL' };
const admission: Fields = { id: 'CLEAR', name: 'MASKED', affiliation: 'CLEAR', province: 'CLEAR' };
const service: Fields = { ...routing, name: 'REVEAL', phoneMasked: 'CLEAR', phone: 'REVEAL' };

/**
 * The table; what is not in it is withheld. A lookup yields routing first, more only where its purpose needs it, and the full
 * name and the telephone number only by a reveal. The secretary of the member's own branch calls members monthly and so has
 * their number; a station's clerk and an organisation's administrator do not need it. Grid workers will see the members of
 * their grid once grids are recorded; auditors, operators and dashboards see no person at all.
 */
export const policyRules: readonly PolicyRule[] = [
  { role: 'member', relation: 'SELF', purpose: '*', fields: { ...record, phone: 'CLEAR', accessLog: 'CLEAR', passes: 'CLEAR' } },
  { role: 'branch_secretary', relation: 'OWN_SCOPE', purpose: '*', fields: { ...record, phone: 'CLEAR', passes: 'CLEAR' } },
  { role: 'branch_secretary', relation: 'LOOKUP', purpose: 'CHECK_IN', fields: checkIn },
  { role: 'branch_secretary', relation: 'LOOKUP', purpose: 'AFFILIATION_TRANSFER', inCase: true, fields: transfer },
  { role: 'branch_secretary', relation: 'LOOKUP', purpose: 'ACTIVITY_ADMISSION', fields: admission },
  { role: 'branch_secretary', relation: 'LOOKUP', purpose: 'MEMBER_SERVICE', inCase: true, fields: service },
  { role: 'station_clerk', relation: 'OWN_SCOPE', purpose: '*', fields: record },
  { role: 'station_clerk', relation: 'LOOKUP', purpose: 'CHECK_IN', fields: checkIn },
  { role: 'station_clerk', relation: 'LOOKUP', purpose: 'AFFILIATION_TRANSFER', inCase: true, fields: transfer },
  { role: 'station_clerk', relation: 'LOOKUP', purpose: 'ACTIVITY_ADMISSION', fields: admission },
  { role: 'station_clerk', relation: 'LOOKUP', purpose: 'MEMBER_SERVICE', inCase: true, fields: service },
  { role: 'organization_administrator', relation: 'OWN_SCOPE', purpose: '*', fields: { ...record, passes: 'CLEAR' } },
];

/** Purposes for which no lookup opens anything unless it rests on an open case. */
export const needsCase = (purpose: string): boolean => policyRules.some((rule) => rule.purpose === purpose && rule.inCase === true);

/** Fields that this role may have revealed in a case of this purpose. */
export const revealable = (role: Role, purpose: string): readonly string[] => policyRules
  .filter((rule) => rule.role === role && rule.relation === 'LOOKUP' && rule.purpose === purpose)
  .flatMap((rule) => Object.entries(rule.fields).flatMap(([field, treatment]) => (treatment === 'REVEAL' ? [field] : [])));
