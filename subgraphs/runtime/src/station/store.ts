import type { Database, Queryable } from '../db/database.js';
import { gramsOf, searchGrams } from '../page/index.js';
import { stationEntity } from './entity.js';
import type { OpeningPeriod, StationFilter, StationRecord } from './types.js';

const columns = `s.id, s.name, s.tier, s.address, s.division_code as "divisionCode", s.organization_id as "organizationId", s.hours,
  s.duty_roster as "dutyRoster", s.hotline, s.amenities`;

/** Stations by id, in one statement; unknown ids are absent. */
export const findStations = (db: Database, ids: readonly string[]): Promise<StationRecord[]> =>
  db.read((manager) => manager.createQueryBuilder(stationEntity, 's').where('s.id = any(:ids)', { ids }).comment('station.find').getMany());

/** One row more than `limit` tells whether more follow. */
export const listStations = (db: Database, filter: StationFilter, after: string | null, limit: number): Promise<StationRecord[]> =>
  db.query<StationRecord>(`/* station.list */
    select ${columns} from service_station s
     where ($1::text is null or s.id > $1)
       and ($2::text is null or s.tier = $2)
       and ($3::text is null or s.division_code like $3 || '%')
       and ($4::text[] is null or (s.grams @> $4 and position($5 in lower(s.name || ' ' || coalesce(s.address, ''))) > 0))
     order by s.id limit $6`, [
    after, filter.tier ?? null, filter.divisionCode ?? null, filter.text ? searchGrams(filter.text) : null,
    filter.text?.normalize('NFKC').toLowerCase() ?? null, limit + 1,
  ]);

/** Sets the hours of a station that `organizationId` runs or stands above; null when there is none such. */
export async function setStationHours(db: Queryable, id: string, organizationId: string, hours: readonly OpeningPeriod[]): Promise<StationRecord | null> {
  const rows = await db.query<StationRecord>(`/* station.setHours */
    with changed as (
      update service_station s set hours = $3::jsonb from organization o
       where s.id = $1 and o.id = s.organization_id and o.path @> array[$2::text] returning s.*)
    select ${columns} from changed s`, [id, organizationId, JSON.stringify(hours)]);
  return rows[0] ?? null;
}

/** Whether `organizationId` runs the station or stands above who does. */
export const isStationOf = async (db: Queryable, id: string, organizationId: string): Promise<boolean> => (await db.query(`/* station.isOf */
  select 1 from service_station s join organization o on o.id = s.organization_id where s.id = $1 and o.path @> array[$2::text]`, [id, organizationId])).length > 0;

/** The columns of a bulk load, in the order of `stationRow`. */
export const stationColumns = ['id', 'name', 'tier', 'address', 'division_code', 'organization_id', 'hours', 'duty_roster', 'hotline', 'amenities', 'grams'] as const;

export const stationRow = (s: StationRecord): unknown[] => [s.id, s.name, s.tier, s.address, s.divisionCode, s.organizationId, JSON.stringify(s.hours),
  JSON.stringify(s.dutyRoster), s.hotline, s.amenities, gramsOf(s.name, s.address)];
