/** Roles as tokens carry them (architecture: identity, access, audit). A viewer holds one role at one organisation. */
export const roles = [
  'member', 'branch_secretary', 'station_clerk', 'organization_administrator', 'grid_worker', 'province_auditor',
  'zone_operator', 'dashboard', 'verifying_system',
] as const;

export type Role = (typeof roles)[number];

/** Who asks. An anonymous visitor is `null` wherever a viewer is expected. */
export interface Viewer {
  /** `iss` of the token: which identity provider vouches. */
  readonly issuer: string;
  /** `sub` of the token: a pseudonym within the issuer, never a name or a number. */
  readonly subject: string;
  readonly role: Role;
  /** GB/T 2260 code of the issuer's province; null for issuers of the zone. */
  readonly province: string | null;
  /** Organisation id (`31-<uuid>`) at which the role is held. */
  readonly organization: string | null;
  /** Member id of the person, when the role is `member`. */
  readonly member: string | null;
}

export const isRole = (text: unknown): text is Role => roles.includes(text as Role);

/** Equality of identity, used to bind capabilities to the one who asked. */
export const sameViewer = (a: Viewer | null, b: Viewer | null): boolean =>
  a === b || (a !== null && b !== null && a.issuer === b.issuer && a.subject === b.subject && a.role === b.role
    && a.province === b.province && a.organization === b.organization && a.member === b.member);
