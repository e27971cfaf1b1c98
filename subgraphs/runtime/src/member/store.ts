import type { Envelope } from '../crypto/envelope.js';
import type { Database } from '../db/database.js';
import type { MemberFilter, MemberRecord } from './types.js';

const columns = `m.id, m.name, m.gender, m.joined_on::text as "joinedOn", m.probationary, m.affiliation, m.home_organization_id as "homeOrganizationId",
  m.id_number as "idNumber", m.phone, m.data_key as "dataKey", o.path`;

/** Members by id with the path of their home organisation, in one statement; unknown ids are absent. */
export const findMembers = (db: Database, ids: readonly string[]): Promise<MemberRecord[]> =>
  db.query<MemberRecord>(`/* member.find */
    select ${columns} from member m join organization o on o.id = m.home_organization_id where m.id = any($1::uuid[])`, [ids]);

/** A page of the members at `scope` or below it. */
export const listMembers = (db: Database, scope: string, filter: MemberFilter, after: string | null, limit: number): Promise<MemberRecord[]> =>
  db.query<MemberRecord>(`/* member.list */
    select ${columns} from member m join organization o on o.id = m.home_organization_id
     where o.path @> array[$1::text]
       and ($2::text is null or o.path @> array[$2::text])
       and ($3::text is null or m.affiliation = $3)
       and ($4::uuid is null or m.id > $4)
     order by m.id limit $5`, [scope, filter.organizationId ?? null, filter.affiliation ?? null, after, limit + 1]);

/** A member in clear, before it is stored. */
export interface NewMember {
  readonly id: string;
  readonly name: string;
  readonly gender: string;
  readonly idNumber: string;
  readonly phone: string;
  readonly joinedOn: string;
  readonly probationary: boolean;
  readonly affiliation: string;
  readonly homeOrganizationId: string;
  readonly externalHome: { readonly text: string; readonly divisionCode: string } | null;
}

/** The columns of a bulk load, in the order of `memberRow`. */
export const memberColumns = ['id', 'name', 'gender', 'joined_on', 'probationary', 'affiliation', 'home_organization_id', 'external_home_text',
  'external_home_division', 'id_number', 'phone', 'data_key', 'blind_index'] as const;

export function memberRow(m: NewMember, envelope: Envelope, blindIndex: (idNumber: string) => string): unknown[] {
  const { dataKey, sealed } = envelope.sealNew(m.id, { idNumber: m.idNumber, phone: m.phone });
  return [m.id, m.name, m.gender, m.joinedOn, m.probationary, m.affiliation, m.homeOrganizationId, m.externalHome?.text ?? null,
    m.externalHome?.divisionCode ?? null, sealed['idNumber'], sealed['phone'], dataKey, blindIndex(m.idNumber)];
}
