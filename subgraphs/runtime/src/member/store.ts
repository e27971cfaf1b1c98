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
  readonly idNumber: string | null;
  readonly phone: string | null;
  readonly joinedOn: string | null;
  readonly probationary: boolean | null;
  readonly affiliation: string;
  readonly homeOrganizationId: string;
  readonly externalHome: { readonly text: string; readonly divisionCode: string } | null;
  readonly blindIndex: string;
}

/** The columns of a bulk load, in the order of `memberRow`. */
export const memberColumns = ['id', 'name', 'gender', 'joined_on', 'probationary', 'affiliation', 'home_organization_id', 'external_home_text',
  'external_home_division', 'id_number', 'phone', 'crypto_suite', 'key_version', 'data_key', 'blind_index'] as const;

export function memberRow(m: NewMember, envelope: Envelope): unknown[] {
  const { dataKey, sealed } = envelope.sealNew(m.id, { ...(m.idNumber === null ? {} : { idNumber: m.idNumber }), ...(m.phone === null ? {} : { phone: m.phone }) });
  return [m.id, m.name, m.gender, m.joinedOn, m.probationary, m.affiliation, m.homeOrganizationId, m.externalHome?.text ?? null,
    m.externalHome?.divisionCode ?? null, sealed['idNumber'] ?? null, sealed['phone'] ?? null, dataKey.suite, dataKey.version, dataKey.bytes, m.blindIndex];
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

/** What a member's row says of its ownership, and the blind index while it is held here. */
export interface Ownership {
  readonly blindIndex: string | null;
  /** When it was erased here: shredded, or moved to `movedTo` (a slug). */
  readonly shreddedAt: Date | null;
  readonly movedTo: string | null;
  readonly version: number;
  /** Signed releases by which it came here, and went on. */
  readonly releases: readonly string[];
  /** Whether its record is on the way to another province. */
  readonly leaving: boolean;
}

/** Which of these members' records are on the way to another province. Whoever relies on it holds their rows, and asks after they were locked. */
export const leavingOf = async (within: Queryable, ids: readonly string[]): Promise<ReadonlySet<string>> => new Set((await within.query<{ id: string }>(
  `/* member.leaving */ select member_id as id from ownership_transfer where member_id = any($1::uuid[]) and state = 'SENT'`, [ids])).map(({ id }) => id));

/**
 * Locked until the transaction ends. Undefined for an unknown id. Whether it is leaving is read by a statement of its own: one that waits for a row
 * sees of other tables what there was before it waited, and the transfer that it waited for would be none.
 */
export async function lockMember(within: Queryable, id: string): Promise<Ownership | undefined> {
  const [member] = await within.query<Omit<Ownership, 'leaving'>>(`/* member.lock */
    select blind_index as "blindIndex", shredded_at as "shreddedAt", moved_to as "movedTo", ownership_version as version, releases from member where id = $1 for update`, [id]);
  return member && { ...member, leaving: (await leavingOf(within, [id])).has(id) };
}

/** The id under which the person of a blind index is held here. */
export const findHolderOf = async (within: Queryable, blindIndex: string): Promise<string | undefined> =>
  (await within.query<{ id: string }>('/* member.holderOf */ select id from member where blind_index = $1', [blindIndex]))[0]?.id;

const erased = `shredded_at = $2, name = null, gender = null, joined_on = null, probationary = null, affiliation = null,
           home_organization_id = null, external_home_text = null, external_home_division = null, id_number = null, phone = null,
           data_key = null, blind_index = null, crypto_suite = null, key_version = null`;

/** Leaves of a member the id, the ownership version and releases, and that it was shredded. */
export const eraseMember = async (within: Queryable, id: string, at: Date): Promise<void> => {
  await within.query(`/* member.erase */ update member set ${erased} where id = $1`, [id, at]);
};

/** Leaves a tombstone of a member whose record is another province's now; also where a restored database does not know the member. */
export const buryMember = async (within: Queryable, id: string, { to, version, releases }: { readonly to: string; readonly version: number; readonly releases: readonly string[] }, at: Date): Promise<void> => {
  await within.query(`/* member.bury */
    insert into member (id, shredded_at, moved_to, ownership_version, releases, registered_at) values ($1, $2, $3, $4, $5, $2)
    on conflict (id) do update set moved_to = $3, ownership_version = $4, releases = $5, ${erased}`, [id, at, to, version, releases]);
};

/** A holder takes a version of its own: whatever was signed for a lower one is worth nothing. */
export const raiseVersion = async (within: Queryable, id: string, version: number): Promise<void> => {
  await within.query('/* member.raise */ update member set ownership_version = $2 where id = $1', [id, version]);
};

/** Enters a member that came from another province, also over the tombstone of an earlier stay. The directory is told of it by an event. */
export async function insertArrived(within: Queryable, member: NewMember, { version, releases }: { readonly version: number; readonly releases: readonly string[] }, { envelope }: { readonly envelope: Envelope }, at: Date): Promise<void> {
  const row = memberRow(member, envelope);
  const columnsOf = [...memberColumns, 'ownership_version', 'releases', 'registered_at', 'shredded_at', 'moved_to'];
  await within.query(`/* member.arrive */
    insert into member (${columnsOf.join(', ')}) values (${columnsOf.map((_, i) => `$${i + 1}`).join(', ')})
    on conflict (id) do update set ${columnsOf.slice(1).map((column) => `${column} = excluded.${column}`).join(', ')}`, [...row, version, releases, at, null, null]);
}

/** A held member with all that its next owner needs; null columns of an external home aside. */
export interface HeldMember extends MemberRecord {
  readonly externalHomeText: string | null;
  readonly externalHomeDivision: string | null;
  readonly blindIndex: string;
}

export const heldMember = async (within: Queryable, id: string): Promise<HeldMember | undefined> => {
  const rows = await within.query<Omit<HeldMember, 'dataKey'> & MemberRow>(`/* member.held */
    select ${columns}, m.external_home_text as "externalHomeText", m.external_home_division as "externalHomeDivision", m.blind_index as "blindIndex"
      from member m join organization o on o.id = m.home_organization_id where m.id = $1`, [id]);
  return rows.map(({ wrapped, version, suite, ...rest }) => ({ ...rest, dataKey: { suite, version, bytes: wrapped } }))[0];
};
