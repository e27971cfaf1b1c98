import type { Viewer } from '@delta/schema/viewer';
import type { Queryable } from '../db/database.js';
import type { EnrolmentRecord, StationKeyRecord } from './types.js';

const columns = `e.id, e.station_id as "stationId", e.organization_id as "organizationId", e.selector, e.key_version as version, e.hash,
  e.opened_at as "openedAt", e.expires_at as "expiresAt", e.tries, e.closed_as as "closedAs"`;
const keyColumns = `k.id, k.station_id as "stationId", k.kid, k.public_key as "publicKey", k.enrolled_at as "enrolledAt", k.ended_at as "endedAt", k.ended_as as "endedAs"`;

/** @returns whether it is opened; false when this viewer used the client key before, or another code is found by the same characters. */
export async function insertEnrolment(within: Queryable, e: EnrolmentRecord, viewer: Viewer, clientKey: string): Promise<boolean> {
  const rows = await within.query(`/* stationEnrolment.insert */
    insert into station_enrolment as e (id, station_id, organization_id, viewer_issuer, viewer_subject, client_key, selector, key_version, hash, opened_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict do nothing returning 1`, [
    e.id, e.stationId, e.organizationId, viewer.issuer, viewer.subject, clientKey, e.selector, e.version, e.hash, e.openedAt, e.expiresAt]);
  return rows.length > 0;
}

export async function findEnrolmentByKey(db: Queryable, viewer: Viewer, clientKey: string): Promise<EnrolmentRecord | null> {
  const rows = await db.query<EnrolmentRecord>(`/* stationEnrolment.findByKey */
    select ${columns} from station_enrolment e where e.viewer_issuer = $1 and e.viewer_subject = $2 and e.client_key = $3`, [viewer.issuer, viewer.subject, clientKey]);
  return rows[0] ?? null;
}

export async function findEnrolmentBySelector(db: Queryable, selector: string): Promise<EnrolmentRecord | null> {
  const rows = await db.query<EnrolmentRecord>(`/* stationEnrolment.find */ select ${columns} from station_enrolment e where e.selector = $1`, [selector]);
  return rows[0] ?? null;
}

/** Voids what is open for a station, but for one. @returns how many */
export async function voidOpen(within: Queryable, stationId: string, but: string | null, at: Date): Promise<number> {
  const rows = await within.query(`/* stationEnrolment.void */
    with gone as (update station_enrolment set closed_at = $3, closed_as = 'REPLACED' where station_id = $1 and id is distinct from $2 and closed_at is null returning 1) select * from gone`, [stationId, but, at]);
  return rows.length;
}

export const countTry = async (within: Queryable, id: string): Promise<void> => {
  await within.query('/* stationEnrolment.try */ update station_enrolment set tries = tries + 1 where id = $1', [id]);
};

export const closeEnrolment = async (within: Queryable, id: string, as: 'USED' | 'EXHAUSTED', at: Date): Promise<void> => {
  await within.query('/* stationEnrolment.close */ update station_enrolment set closed_at = $3, closed_as = $2 where id = $1 and closed_at is null', [id, as, at]);
};

/** Locks a station's keys and enrolments until the transaction ends: of two devices that are enrolled at once, one is after the other. */
export const holdStation = (within: Queryable, stationId: string): Promise<unknown> =>
  within.query(`/* stationEnrolment.hold */ select id from service_station where id = $1 for no key update`, [stationId]);

/** The key that is in use ends. @returns it; undefined where there is none */
export async function endStationKey(within: Queryable, stationId: string, as: 'REPLACED' | 'WITHDRAWN', at: Date): Promise<StationKeyRecord | undefined> {
  const rows = await within.query<StationKeyRecord>(`/* stationEnrolment.endKey */
    with ended as (update station_key set ended_at = $3, ended_as = $2 where station_id = $1 and ended_at is null returning *) select ${keyColumns} from ended k`, [stationId, as, at]);
  return rows[0];
}

/** False where that key was enrolled before, here or for another station. */
export async function insertStationKey(within: Queryable, { id, stationId, kid, publicKey, enrolledAt }: StationKeyRecord): Promise<boolean> {
  const rows = await within.query(`/* stationEnrolment.insertKey */
    insert into station_key (id, station_id, kid, public_key, enrolled_at) values ($1, $2, $3, $4, $5) on conflict (kid) do nothing returning 1`, [id, stationId, kid, publicKey, enrolledAt]);
  return rows.length > 0;
}

/** A station's key by its id, also one that has ended: what it signed before then is judged by when it was. */
export async function findStationKeyByKid(db: Queryable, kid: string): Promise<StationKeyRecord | undefined> {
  const [row] = await db.query<StationKeyRecord>(`/* stationEnrolment.keyByKid */ select ${keyColumns} from station_key k where k.kid = $1`, [kid]);
  return row;
}
