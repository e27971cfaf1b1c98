import type { Queryable } from '../db/database.js';

export interface OrganizationSize { readonly divisionCode: string; readonly kind: string; readonly members: number }

/** Every organisation with the number of members directly in it, those without any included; a shredded record is at none. */
export const countOrganizations = (db: Queryable): Promise<OrganizationSize[]> =>
  db.query<OrganizationSize>(`/* statistics.count */
    select o.division_code as "divisionCode", o.kind, coalesce(m.members, 0)::int as members
      from organization o
      left join (select home_organization_id, count(*) as members from member group by 1) m on m.home_organization_id = o.id`);
