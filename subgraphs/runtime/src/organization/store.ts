import type { Database } from '../db/database.js';
import { gramsOf, searchGrams } from '../page/index.js';
import { organizationEntity } from './entity.js';
import type { OrganizationFilter, OrganizationRecord } from './types.js';

const columns = `o.id, o.name, o.short_name as "shortName", o.kind, o.division_code as "divisionCode", o.address, o.parent_id as "parentId",
  o.path, o.office_phone as "officePhone", o.accepts_mobile_members as "acceptsMobileMembers", o.ends_on::text as "endsOn"`;

/** Organisations by id, in one statement; unknown ids are absent. */
export const findOrganizations = (db: Database, ids: readonly string[]): Promise<OrganizationRecord[]> =>
  db.read((manager) => manager.createQueryBuilder(organizationEntity, 'o').where('o.id = any(:ids)', { ids }).comment('organization.find').getMany());

/** One row more than `limit` tells whether more follow. */
export const listOrganizations = (db: Database, filter: OrganizationFilter, after: string | null, limit: number): Promise<OrganizationRecord[]> =>
  db.query<OrganizationRecord>(`/* organization.list */
    select ${columns} from organization o
     where ($1::text is null or o.id > $1)
       and ($2::boolean is null or o.accepts_mobile_members = $2)
       and ($3::text is null or o.division_code like $3 || '%')
       and ($4::text[] is null or o.kind = any($4))
       and ($5::text[] is null or (o.grams @> $5 and position($6 in lower(o.name || ' ' || coalesce(o.address, ''))) > 0))
     order by o.id limit $7`, [
    after, filter.acceptsMobileMembers ?? null, filter.divisionCode ?? null, filter.kinds ?? null,
    filter.text ? searchGrams(filter.text) : null, filter.text?.normalize('NFKC').toLowerCase() ?? null, limit + 1,
  ]);

export interface ChildrenRequest { readonly parentId: string; readonly after: string | null; readonly limit: number }

/** The pages of children of many parents, one statement for all; answers in the order asked. */
export async function listChildren(db: Database, requests: readonly ChildrenRequest[]): Promise<OrganizationRecord[][]> {
  const rows = await db.query<OrganizationRecord & { asked: string }>(`/* organization.children */
    select r.ordinality as asked, ${columns}
      from unnest($1::text[], $2::text[], $3::int[]) with ordinality as r (parent, after, size, ordinality)
     cross join lateral (select * from organization c where c.parent_id = r.parent and (r.after is null or c.id > r.after) order by c.id limit r.size) o
     order by asked, o.id`, [requests.map((r) => r.parentId), requests.map((r) => r.after), requests.map((r) => r.limit + 1)]);
  return requests.map((_, i) => rows.filter((row) => Number(row.asked) === i + 1));
}

/** Members directly in each organisation. */
export async function countMembers(db: Database, ids: readonly string[]): Promise<Map<string, number>> {
  const rows = await db.query<{ id: string; count: number }>(`/* organization.countMembers */
    select home_organization_id as id, count(*)::int as count from member where home_organization_id = any($1) group by 1`, [ids]);
  return new Map(rows.map((row) => [row.id, row.count]));
}

/** The columns of a bulk load, in the order of `organizationRow`. */
export const organizationColumns = ['id', 'name', 'short_name', 'kind', 'division_code', 'address', 'parent_id', 'path', 'office_phone',
  'accepts_mobile_members', 'ends_on', 'grams'] as const;

export const organizationRow = (o: OrganizationRecord): unknown[] => [o.id, o.name, o.shortName, o.kind, o.divisionCode, o.address, o.parentId, o.path,
  o.officePhone, o.acceptsMobileMembers, o.endsOn, gramsOf(o.name, o.address)];
