import { provinces } from '@delta/schema/provinces';
import type { Role } from '@delta/schema/viewer';

/** What a province's own identity provider may say about somebody. */
const provinceRoles = ['member', 'branch_secretary', 'station_clerk', 'organization_administrator', 'grid_worker', 'province_auditor', 'verifying_system'] as const satisfies readonly Role[];

/** One development issuer: what it is called, where it answers, and the most that it may say. */
export interface DevelopmentIssuer {
  /** Path segment and file name: a province's slug, `zone` or `dashboard`. */
  readonly slug: string;
  readonly kind: 'province' | 'zone' | 'dashboard';
  /** GB/T 2260 code, or null for the zone's and the dashboards' issuer. */
  readonly province: string | null;
  readonly roles: readonly Role[];
}

export const developmentIssuers: readonly DevelopmentIssuer[] = [
  ...provinces.map(({ slug, code }): DevelopmentIssuer => ({ slug, kind: 'province', province: code, roles: provinceRoles })),
  { slug: 'zone', kind: 'zone', province: null, roles: ['zone_operator'] },
  { slug: 'dashboard', kind: 'dashboard', province: null, roles: ['dashboard'] },
];

/** The issuer that may give this role, for this province where the role belongs to one; undefined when none may. */
export const issuerOf = (role: Role, province: string | null): DevelopmentIssuer | undefined =>
  developmentIssuers.find((issuer) => issuer.roles.includes(role) && issuer.province === province);

/** The identifier (`iss`) of an issuer that answers at `baseUrl`, which has no slash at its end. */
export const issuerIdentifier = (baseUrl: string, slug: string): string => `${baseUrl}/${slug}`;

/** Default address of the development issuers. */
export const defaultIssuerPort = 4020;
export const issuerBaseUrl = (port: number): string => `http://127.0.0.1:${port}`;

/** The audience of every token for this platform, and the name that a client asks for it by (RFC 8707 wants a URI). */
export const tokenAudience = 'delta';
export const tokenResource = 'urn:delta:federation';
