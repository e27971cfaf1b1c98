import type { Envelope } from '../crypto/envelope.js';
import type { SuiteName } from '../crypto/types.js';
import type { Database } from '../db/database.js';
import type { MemberFilter, MemberRecord } from './types.js';

const columns = `m.id, m.name, m.gender, m.joined_on::text as "joinedOn", m.probationary, m.affiliation, m.home_organization_id as "homeOrganizationId",
  m.id_number as "idNumber", m.phone, m.data_key as "wrapped", m.key_version as "version", m.crypto_suite as "suite", o.path`;

interface MemberRow extends Omit<MemberRecord, 'dataKey'> { readonly wrapped: Buffer; readonly version: string; readonly suite: SuiteName }

const toRecord = ({ wrapped, version, suite, ...rest }: MemberRow): MemberRecord => ({ ...rest, dataKey: { suite, version, bytes: wrapped } });

/**
 * Members by id with the path of their home organisation, in one statement; unknown ids are absent. So are those whose data
 * key was destroyed: what is left of them belongs to no organisation.
 */
export const findMembers = async (db: Database, ids: readonly string[]): Promise<MemberRecord[]> =>
  (await db.query<MemberRow>(`/* member.find */
    select ${columns} from member m join organization o on o.id = m.home_organization_id where m.id = any($1::uuid[])`, [ids])).map(toRecord);

/** A page of the members at `scope` or below it. */
export const listMembers = async (db: Database, scope: string, filter: MemberFilter, after: string | null, limit: number): Promise<MemberRecord[]> =>
  (await db.query<MemberRow>(`/* member.list */
    select ${columns} from member m join organization o on o.id = m.home_organization_id
     where o.path @> array[$1::text]
       and ($2::text is null or o.path @> array[$2::text])
       and ($3::text is null or m.affiliation = $3)
       and ($4::uuid is null or m.id > $4)
     order by m.id limit $5`, [scope, filter.organizationId ?? null, filter.affiliation ?? null, after, limit + 1])).map(toRecord);

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
  'external_home_division', 'id_number', 'phone', 'crypto_suite', 'key_version', 'data_key', 'blind_index'] as const;

export function memberRow(m: NewMember, envelope: Envelope, blindIndex: (idNumber: string) => string): unknown[] {
  const { dataKey, sealed } = envelope.sealNew(m.id, { idNumber: m.idNumber, phone: m.phone });
  return [m.id, m.name, m.gender, m.joinedOn, m.probationary, m.affiliation, m.homeOrganizationId, m.externalHome?.text ?? null,
    m.externalHome?.divisionCode ?? null, sealed['idNumber'], sealed['phone'], dataKey.suite, dataKey.version, dataKey.bytes, blindIndex(m.idNumber)];
}
