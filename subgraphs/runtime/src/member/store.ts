import type { Envelope } from '../crypto/envelope.js';
import type { SuiteName, WrappedKey } from '../crypto/types.js';
import type { Database, Queryable } from '../db/database.js';
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

/** A member's secrets as they are stored. */
export interface SealedMember {
  readonly id: string;
  readonly dataKey: WrappedKey;
  readonly idNumber: Buffer | null;
  readonly phone: Buffer | null;
}

const sealedColumns = 'id, data_key as wrapped, key_version as version, crypto_suite as suite, id_number as "idNumber", phone';

interface SealedRow extends Omit<SealedMember, 'dataKey'> { readonly wrapped: Buffer; readonly version: string; readonly suite: SuiteName }

const toSealed = ({ wrapped, version, suite, ...rest }: SealedRow): SealedMember => ({ ...rest, dataKey: { suite, version, bytes: wrapped } });

/** How many members are sealed by each suite and version. */
export const countBySeal = (db: Queryable): Promise<{ suite: SuiteName; version: string; members: number }[]> => db.query(`/* member.countBySeal */
  select crypto_suite as suite, key_version as version, count(*)::integer as members from member where shredded_at is null group by 1, 2 order by 1, 2`);

/**
 * Locks the next members that are not sealed as `current` says, until the transaction ends. Whom another transaction holds is
 * passed over rather than waited for, so that neither a shredding nor a second rotation can deadlock with this one.
 */
export async function lockBehind(within: Queryable, current: Omit<WrappedKey, 'bytes'>, after: string | null, limit: number): Promise<SealedMember[]> {
  const rows = await within.query<SealedRow>(`/* member.lockBehind */
    select ${sealedColumns} from member where shredded_at is null and (key_version <> $1 or crypto_suite <> $2) and ($3::uuid is null or id > $3)
     order by id limit $4 for no key update skip locked`, [current.version, current.suite, after, limit]);
  return rows.map(toSealed);
}

/** The first and the last member by id, which begins with the time. */
export const sampleSealed = async (db: Queryable): Promise<SealedMember[]> => (await db.query<SealedRow>(`/* background.sampleSealed */
  (select ${sealedColumns} from member where shredded_at is null order by id limit 1)
  union all (select ${sealedColumns} from member where shredded_at is null order by id desc limit 1)`)).map(toSealed);

export const storeSealed = async (within: Queryable, members: readonly SealedMember[]): Promise<void> => {
  if (members.length === 0) return;
  await within.query(`/* member.storeSealed */
    update member m set crypto_suite = s.suite, key_version = s.version, data_key = s.wrapped, id_number = s.id_number, phone = s.phone
      from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[], $6::bytea[]) as s (id, suite, version, wrapped, id_number, phone)
     where m.id = s.id`, [
    members.map(({ id }) => id), members.map(({ dataKey }) => dataKey.suite), members.map(({ dataKey }) => dataKey.version),
    members.map(({ dataKey }) => dataKey.bytes), members.map(({ idNumber }) => idNumber), members.map(({ phone }) => phone),
  ]);
};

/** The blind index of a member, or when it was shredded; locked until the transaction ends. Undefined for an unknown id. */
export async function lockMember(within: Queryable, id: string): Promise<{ blindIndex: string; shreddedAt: null } | { blindIndex: null; shreddedAt: Date } | undefined> {
  const [row] = await within.query<{ blindIndex: string; shreddedAt: null } | { blindIndex: null; shreddedAt: Date }>(`/* member.lock */
    select blind_index as "blindIndex", shredded_at as "shreddedAt" from member where id = $1 for update`, [id]);
  return row;
}

/** Leaves of a member the id, the ownership version, and that it was shredded. */
export const eraseMember = async (within: Queryable, id: string, at: Date): Promise<void> => {
  await within.query(`/* member.erase */
    update member set shredded_at = $2, released_at = null, name = null, gender = null, joined_on = null, probationary = null, affiliation = null,
           home_organization_id = null, external_home_text = null, external_home_division = null, id_number = null, phone = null,
           data_key = null, blind_index = null, crypto_suite = null, key_version = null
     where id = $1`, [id, at]);
};
