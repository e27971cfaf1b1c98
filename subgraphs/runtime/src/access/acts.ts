import { PlatformError } from '@delta/schema/errors';
import type { Role, Viewer } from '@delta/schema/viewer';

/** What a role may do in its own province, at its own organisation or below it. Seeing fields of a person is the policy's. */
export const acts = ['OPEN_LOOKUP', 'OPEN_CASE', 'CLOSE_CASE', 'LIST_CASES', 'REVEAL_MEMBER', 'LIST_MEMBERS', 'KEEP_STATIONS'] as const;

export type Act = (typeof acts)[number];

/**
 * Who may do what. An administrator keeps the organisation in order (its members' list, its stations, cases left open by
 * those who are gone) and asks about nobody.
 */
export const actsOfRole: Readonly<Record<Role, readonly Act[]>> = {
  member: [],
  branch_secretary: acts,
  station_clerk: acts,
  organization_administrator: ['CLOSE_CASE', 'LIST_CASES', 'LIST_MEMBERS', 'KEEP_STATIONS'],
  grid_worker: [],
  province_auditor: [],
  zone_operator: [],
  dashboard: [],
};

export const mayAct = (role: Role, act: Act): boolean => actsOfRole[role].includes(act);

/** The organisation at which the viewer may do this. @throws PlatformError FORBIDDEN */
export function requireOffice(viewer: Viewer, act: Act): string {
  if (!mayAct(viewer.role, act) || viewer.organization === null) throw new PlatformError('FORBIDDEN');
  return viewer.organization;
}
