import type { Database, Queryable } from '../db/database.js';
import type { AccessLogPosition, AccessLogRecord } from './types.js';

const columns = 'id, at, kind, viewer_role, viewer_province, viewer_organization, purpose, fields';

/**
 * What counts as a look: by anybody but the member, and not the bookkeeping about lookups and claims. A member is shown
 * nobody's record but the own, so what a member was refused was another's.
 */
const look = `kind in ('DISCLOSURE', 'EXISTENCE', 'REFUSAL') and (viewer_role is distinct from 'member' or kind = 'REFUSAL')`;

/** Looks at the member in $2 that match: those that this province ($1) recorded, and those that others told it of. */
const looks = (matching: string): string => `
  (select ${columns}, $1 as recorder from audit_entry where member_id = $2 and ${look} and ${matching})
   union all
  (select ${columns}, source as recorder from access_notice where member_id = $2 and ${look} and ${matching})`;

/** Times to the microsecond, as PostgreSQL keeps them: a cursor must not round. */
const asRecord = `id, recorder as "recordedBy", to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, kind, viewer_role as role,
  viewer_province as province, viewer_organization as organization, purpose, fields`;

/**
 * A page of the looks at one member, newest first; one row more than `limit` tells whether more follow. A notice that comes
 * late takes its place by its own time: who pages at that moment sees it when reading again.
 */
export const listLooks = (db: Queryable, recorder: string, memberId: string, after: AccessLogPosition | null, limit: number): Promise<AccessLogRecord[]> =>
  db.query<AccessLogRecord>(`/* accessLog.list */
    select ${asRecord}
      from (${looks(`(at, id) < (coalesce($3::timestamptz, 'infinity'), coalesce($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
               order by at desc, id desc limit $5`)}) look
     order by look.at desc, look.id desc limit $5`, [recorder, memberId, after?.at ?? null, after?.id ?? null, limit + 1]);

/** Looks at one member by id; others' are absent. */
export const findLooks = (db: Database, recorder: string, memberId: string, ids: readonly string[]): Promise<AccessLogRecord[]> =>
  db.query<AccessLogRecord>(`/* accessLog.find */ select ${asRecord} from (${looks('id = any($3::uuid[])')}) look`, [recorder, memberId, ids]);
