import type { Viewer } from '@delta/schema/viewer';
import type { Database, Queryable } from '../db/database.js';
import type { HashedCode } from '../oneTimeCode/index.js';
import type { HeldPass, InspectionResult, MarkedPlaces, PassActName, PassFilter, PassRecord, PassState, RevokedFor, StatusPlace, SuspendReason } from './types.js';

const columns = `p.id, encode(p.pass_id, 'hex') as "passId", p.member_id as "memberId", p.class, p.state, p.reason, p.organization_id as "organizationId",
  p.office_id as "officeId", p.issued_at as "issuedAt", p.code_until as "codeUntil", p.enrolled_at as "enrolledAt", p.expires_at as "expiresAt",
  p.suspended_at as "suspendedAt", p.suspended_for as "suspendedFor", p.revoked_at as "revokedAt", p.revoked_for as "revokedFor",
  p.inspected_at as "inspectedAt", p.inspection`;

/**
 * Passes of a member that are not revoked, newest first, locked until the transaction ends. Whoever issues holds the member's row before; an office that
 * suspends or revokes holds one pass alone (`lockPass`): what it did first is seen here, and what is done here it sees.
 */
export const heldPasses = (within: Queryable, memberId: string): Promise<PassRecord[]> => within.query<PassRecord>(`/* pass.held */
  select ${columns} from pass p where p.member_id = $1 and p.state <> 'REVOKED' order by p.id desc for no key update`, [memberId]);

/** Locked until the transaction ends, with the path of the organisation that it was issued at. */
export const lockPass = async (within: Queryable, id: string): Promise<(PassRecord & { readonly path: readonly string[] }) | undefined> =>
  (await within.query<PassRecord & { path: string[] }>(`/* pass.lock */
    select ${columns}, o.path from pass p join organization o on o.id = p.organization_id where p.id = $1 for no key update of p`, [id]))[0];

export const findPass = async (db: Queryable, id: string): Promise<PassRecord | undefined> =>
  (await db.query<PassRecord>(`/* pass.findOne */ select ${columns} from pass p where p.id = $1`, [id]))[0];

/** Of organisations at `scope` or below it, by id. */
export const findPasses = (db: Queryable, scope: string, ids: readonly string[]): Promise<PassRecord[]> => db.query<PassRecord>(`/* pass.find */
  select ${columns} from pass p join organization o on o.id = p.organization_id where p.id = any($2) and o.path @> array[$1::text]`, [scope, ids]);

/** The newest passes of each of these members, up to `limit` each. */
export const passesOfMembers = (db: Database, memberIds: readonly string[], limit: number): Promise<PassRecord[]> => db.query<PassRecord>(`/* pass.ofMembers */
  select ${columns} from unnest($1::uuid[]) as m (id) cross join lateral (select * from pass where member_id = m.id order by id desc limit $2) p`, [memberIds, limit]);

/** Newest first, by number: a UUIDv7 begins with its time. One row more than `limit` tells whether more follow. */
export const listPasses = (db: Database, scope: string, { state, class: cls, inspectionOverdue }: PassFilter, now: Date, before: string | null, limit: number): Promise<PassRecord[]> =>
  db.query<PassRecord>(`/* pass.list */
    select ${columns} from pass p join organization o on o.id = p.organization_id
     where o.path @> array[$1::text] and ($2::text is null or p.id < $2)
       and ($3::text is null or $3 = case when p.state = 'AWAITING_ENROLMENT' and p.code_until <= $5 then 'LAPSED'
                                          when p.state in ('VALID', 'SUSPENDED') and p.expires_at <= $5 then 'EXPIRED' else p.state end)
       and ($4::text is null or p.class = $4)
       and ($6::boolean is null or $6 = (p.state in ('VALID', 'SUSPENDED') and ((coalesce(p.inspected_at, p.issued_at) at time zone 'UTC') + interval '1 year') at time zone 'UTC' <= $5))
     order by p.id desc limit $7`, [scope, before, state ?? null, cls ?? null, now, inspectionOverdue ?? null, limit + 1]);

/** Changes its state; its places in the status lists follow by a trigger. */
export const setState = async (within: Queryable, id: string, state: Exclude<PassState, 'REVOKED'>, suspendedFor: SuspendReason | null, at: Date): Promise<void> => {
  await within.query(`/* pass.state */ update pass set state = $2, suspended_for = $3, suspended_at = case when $3::text is null then null else $4::timestamptz end where id = $1`, [id, state, suspendedFor, at]);
};

export const revokeById = async (within: Queryable, ids: readonly string[], reason: RevokedFor, at: Date): Promise<void> => {
  if (ids.length > 0) await within.query(`/* pass.revoke */ update pass set state = 'REVOKED', revoked_at = $3, revoked_for = $2 where id = any($1) and state <> 'REVOKED'`, [ids, reason, at]);
};

/** Where each of these passes stands in the status lists; nowhere before its phone is bound. */
export const placesByPass = (within: Queryable, ids: readonly string[]): Promise<{ pass: string; places: StatusPlace[] }[]> => within.query(`/* pass.placesByPass */
  select p.id as pass, coalesce(json_agg(json_build_object('kid', l.kid, 'index', l.status_index)) filter (where l.kid is not null), '[]') as places
    from pass p left join pass_place l on l.pass = p.id where p.id = any($1) group by p.id`, [ids]);

/**
 * Revokes what had been revoked before a backup was restored, where it is not. Its places are revoked also where the register does not know
 * it; who was given one since the restore is refused everywhere, so that pass is revoked too, and its office sees that another is needed.
 * @returns those that were not revoked
 */
export async function revokeAgain(within: Queryable, id: string, places: readonly StatusPlace[], at: Date): Promise<{ id: string; memberId: string }[]> {
  const listed = [places.map(({ kid }) => kid), places.map(({ index }) => index)];
  const ended = await within.query<{ id: string; memberId: string }>(`/* pass.revokeAgain */
    with ended as (
      update pass set state = 'REVOKED', revoked_at = $2, revoked_for = 'RECOVERED'
       where state <> 'REVOKED' and (id = $1 or id in (select t.pass from pass_place t join unnest($3::text[], $4::integer[]) as u (kid, place) on t.kid = u.kid and t.status_index = u.place))
      returning id, member_id)
    select id, member_id as "memberId" from ended`, [id, at, ...listed]);
  await within.query(`/* pass.endPlaces */
    insert into pass_ended_place (kid, status_index) select u.kid, u.place from unnest($2::text[], $3::integer[]) as u (kid, place)
     where not exists (select from pass_place t where t.kid = u.kid and t.status_index = u.place and t.pass = $1) on conflict do nothing`, [id, ...listed]);
  return ended;
}

export const setEnrolled = async (within: Queryable, id: string, holder: Uint8Array, expiresAt: Date, at: Date): Promise<void> => {
  await within.query(`/* pass.enrol */ update pass set state = 'VALID', holder = $2, expires_at = $3, enrolled_at = $4 where id = $1`, [id, Buffer.from(holder), expiresAt, at]);
};

export const setInspected = async (within: Queryable, id: string, result: InspectionResult, at: Date): Promise<void> => {
  await within.query('/* pass.inspect */ update pass set inspected_at = $3, inspection = $2 where id = $1', [id, result, at]);
};

/** An act of an office as it is recorded. */
export interface PassAct { readonly id: string; readonly pass: string; readonly act: PassActName; readonly reason: string | null }

/** @returns whether it is recorded; false when this viewer used the client key before */
export const insertAct = async (within: Queryable, act: PassAct, { issuer, subject, role, organization }: Viewer, clientKey: string, at: Date): Promise<boolean> => (await within.query(`/* pass.act */
  insert into pass_act (id, pass, at, act, reason, viewer_issuer, viewer_subject, viewer_role, viewer_organization, client_key) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
  on conflict (viewer_issuer, viewer_subject, client_key) do nothing returning 1`, [act.id, act.pass, at, act.act, act.reason, issuer, subject, role, organization, clientKey])).length > 0;

export const findAct = async (db: Queryable, { issuer, subject }: Viewer, clientKey: string): Promise<(PassAct & { readonly memberId: string }) | undefined> =>
  (await db.query<PassAct & { memberId: string }>(`/* pass.findAct */
    select a.id, a.pass, a.act, a.reason, p.member_id as "memberId" from pass_act a join pass p on p.id = a.pass
     where a.viewer_issuer = $1 and a.viewer_subject = $2 and a.client_key = $3`, [issuer, subject, clientKey]))[0];

/** The places that passes have in the list of a key, of those that have one. */
export const placesOf = (within: Queryable, kid: string, passes: readonly string[]): Promise<{ pass: string; index: number }[]> =>
  within.query('/* pass.placesOf */ select pass, status_index as index from pass_place where pass = any($2) and kid = $1', [kid, passes]);

/** What was signed for a pass. `credential` is kept of phones only: on paper it bears a name. */
export interface SignedCredential { readonly digest: Buffer; readonly kid: string; readonly pass: string; readonly expiresAt: Date; readonly credential: Buffer | null; readonly proof: string | null }

export interface KeptCredential { readonly credential: Buffer; readonly kid: string; readonly expiresAt: Date }

/** The newest credential of a phone's pass. */
export const newestCredential = async (within: Queryable, pass: string): Promise<KeptCredential | undefined> => (await within.query<KeptCredential>(`/* pass.newest */
  select credential, kid, expires_at as "expiresAt" from pass_credential where pass = $1 and credential is not null order by expires_at desc limit 1`, [pass]))[0];

/** Indices of a key's list that are not valid. */
export const markedPlaces = async (db: Database, kid: string): Promise<MarkedPlaces> => (await db.query<MarkedPlaces>(`/* background.passPlaces */
  select coalesce(string_agg(int4send(status_index), '' order by status_index) filter (where status = 1), '') as revoked,
         coalesce(string_agg(int4send(status_index), '' order by status_index) filter (where status = 2), '') as suspended
    from (select status_index, status from pass_place where kid = $1 and status <> 0 union select status_index, 1 from pass_ended_place where kid = $1) as p`, [kid]))[0]!;

/** Digests of all that a key signed, sixteen bytes each, in order. */
export const issuedDigests = async (db: Database, kid: string): Promise<Buffer> => (await db.query<{ digests: Buffer }>(`/* background.passDigests */
  select coalesce(string_agg(substring(digest for 16), '' order by digest), '') as digests from pass_credential where kid = $1`, [kid]))[0]!.digests;

export const countIssued = async (db: Database, kid: string): Promise<number> =>
  (await db.query<{ n: number }>('/* background.passCount */ select count(*)::integer as n from pass_credential where kid = $1', [kid]))[0]!.n;

/** Whose a pass is, by what it bears (hexadecimal). */
export const findByPassId = async (db: Queryable, passId: string): Promise<Pick<PassRecord, 'memberId' | 'state'> | undefined> => (await db.query<Pick<PassRecord, 'memberId' | 'state'>>(
  `/* pass.forCheck */ select member_id as "memberId", state from pass where pass_id = decode($1, 'hex')`, [passId]))[0];

/** A one-time code as it is kept. */
export interface KeptCode extends HashedCode { readonly pass: string; readonly selector: string; readonly expiresAt: Date }

/** @returns false when another code is found by the same characters */
export const insertCode = async (within: Queryable, { pass, selector, version, hash, expiresAt }: KeptCode): Promise<boolean> => (await within.query(`/* pass.code */
  insert into pass_enrolment (pass, selector, key_version, hash, expires_at) values ($1, $2, $3, $4, $5) on conflict (selector) do nothing returning 1`, [pass, selector, version, hash, expiresAt])).length > 0;

/** Codes that ended a day ago are forgotten, so that their characters are free again. */
export const forgetCodes = async (within: Queryable, before: Date): Promise<void> => {
  await within.query(`/* pass.forgetCodes */ delete from pass_enrolment where pass in (select pass from pass_enrolment where expires_at < $1 order by expires_at limit 200 for update skip locked)`, [before]);
};

export interface FoundCode extends KeptCode { readonly tries: number; readonly usedAt: Date | null; readonly clientKey: string | null; readonly memberId: string }

/** Locked until the transaction ends, so that of two who enter it at once one is first. */
export const lockCode = async (within: Queryable, selector: string): Promise<FoundCode | undefined> => (await within.query<FoundCode>(`/* pass.lockCode */
  select e.pass, e.selector, e.key_version as version, e.hash, e.expires_at as "expiresAt", e.tries, e.used_at as "usedAt", e.client_key as "clientKey", p.member_id as "memberId"
    from pass_enrolment e join pass p on p.id = e.pass where e.selector = $1 for update of e`, [selector]))[0];

export const countTry = async (within: Queryable, pass: string): Promise<void> => {
  await within.query('/* pass.try */ update pass_enrolment set tries = tries + 1 where pass = $1', [pass]);
};

export const setCodeUsed = async (within: Queryable, pass: string, clientKey: string, at: Date): Promise<void> => {
  await within.query('/* pass.codeUsed */ update pass_enrolment set used_at = $3, client_key = $2 where pass = $1', [pass, clientKey, at]);
};

/** A pass and its phone's key, locked, by what was signed for it. */
export const lockByCredential = async (within: Queryable, digest: Uint8Array): Promise<PassRecord | undefined> => (await within.query<PassRecord>(`/* pass.lockByCredential */
  select ${columns} from pass p join pass_credential c on c.pass = p.id where c.digest = $1 for no key update of p`, [Buffer.from(digest)]))[0];

export const holderOf = async (within: Queryable, id: string): Promise<Buffer | undefined> => (await within.query<{ holder: Buffer | null }>('/* pass.holder */ select holder from pass where id = $1', [id]))[0]?.holder ?? undefined;

/** What a proof was answered with before. */
export const credentialByProof = async (within: Queryable, proof: string): Promise<{ readonly pass: string; readonly credential: Buffer | null } | undefined> =>
  (await within.query<{ pass: string; credential: Buffer | null }>('/* pass.byProof */ select pass, credential from pass_credential where proof = $1', [proof]))[0];

/** Credentials of a pass that end after `since`: those that were signed within the last day, when it is that long before their end. */
export const countCredentials = async (within: Queryable, pass: string, since: Date): Promise<number> => (await within.query<{ n: number }>(`/* pass.countCredentials */
  select count(*)::integer as n from pass_credential where pass = $1 and proof is not null and expires_at > $2`, [pass, since]))[0]!.n;

/** A member of a batch, and what of passes the member holds. */
export interface BatchMember { readonly id: string; readonly name: string; readonly homeOrganizationId: string; readonly held: readonly (HeldPass & { readonly id: string })[] }

/** The next members at `scope` or below it, locked until the transaction ends, and then what they hold. */
export async function lockBatch(within: Queryable, scope: string, after: string | null, limit: number): Promise<BatchMember[]> {
  const members = await within.query<Omit<BatchMember, 'held'>>(`/* pass.lockBatch */
    select m.id, m.name, m.home_organization_id as "homeOrganizationId" from member m join organization o on o.id = m.home_organization_id
     where o.path @> array[$1::text] and ($2::uuid is null or m.id > $2) order by m.id limit $3 for no key update of m`, [scope, after, limit]);
  const held = await within.query<HeldPass & { id: string; memberId: string }>(`/* pass.heldByBatch */
    select p.id, p.member_id as "memberId", p.class, p.state, p.code_until as "codeUntil", p.expires_at as "expiresAt" from pass p where p.member_id = any($1::uuid[]) and p.state <> 'REVOKED' order by p.id for no key update`, [members.map(({ id }) => id)]);
  const byMember = new Map(members.map(({ id }): [string, (HeldPass & { id: string })[]] => [id, []]));
  for (const { memberId, ...pass } of held) byMember.get(memberId)!.push(pass);
  return members.map((member) => ({ ...member, held: byMember.get(member.id)! }));
}

/** A phone's pass that is signed anew. */
export interface ReissuedPass { readonly id: string; readonly passId: string; readonly memberId: string; readonly holder: Buffer }

/**
 * Locks the next phones' passes that have a place under `kid` and none under `next`; those that others hold are passed over. Which of them have none is asked
 * again once they are locked: a lock is taken on a row as it is then, beside places as they were when the statement began, and another may have signed it in between.
 * @returns those to sign, and up to where was looked; undefined when nothing is left
 */
export async function lockToReissue(within: Queryable, kid: string, next: string, now: Date, after: string | null, limit: number): Promise<{ readonly passes: readonly ReissuedPass[]; readonly last: string | undefined }> {
  const locked = await within.query<ReissuedPass>(`/* pass.lockToReissue */
    select p.id, encode(p.pass_id, 'hex') as "passId", p.member_id as "memberId", p.holder from pass p join pass_place l on l.pass = p.id and l.kid = $1
     where p.class = 'PHONE' and p.state in ('VALID', 'SUSPENDED') and p.expires_at > $3 and ($4::text is null or p.id > $4)
       and not exists (select from pass_place n where n.pass = p.id and n.kid = $2)
     order by p.id limit $5 for no key update of p skip locked`, [kid, next, now, after, limit]);
  const placed = new Set((await placesOf(within, next, locked.map(({ id }) => id))).map(({ pass }) => pass));
  return { passes: locked.filter(({ id }) => !placed.has(id)), last: locked.at(-1)?.id };
}

export const insertPasses = async (within: Queryable, passes: readonly PassRecord[]): Promise<void> => {
  await within.query(`/* pass.insert */
    insert into pass (id, pass_id, member_id, class, state, reason, organization_id, office_id, issued_at, code_until, enrolled_at, expires_at)
    select b.id, decode(b.pass_id, 'hex'), b.member_id, b.class, b.state, b.reason, b.organization_id, b.office_id, b.issued_at, b.code_until, b.enrolled_at, b.expires_at
      from unnest($1::text[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[])
        as b (id, pass_id, member_id, class, state, reason, organization_id, office_id, issued_at, code_until, enrolled_at, expires_at)`,
  (['id', 'passId', 'memberId', 'class', 'state', 'reason', 'organizationId', 'officeId', 'issuedAt', 'codeUntil', 'enrolledAt', 'expiresAt'] as const).map((field) => passes.map((pass) => pass[field])));
};

/** Gives each pass one of these places, as far as there are free ones, entered in their order: who waits for one that another has holds none that comes after it. @returns who got which; status as the pass stands */
export const takePlaces = (within: Queryable, kid: string, passes: readonly string[], candidates: readonly number[]): Promise<{ pass: string; index: number }[]> => within.query(`/* pass.takePlaces */
  with free as (select c.place, row_number() over (order by c.n) as n from unnest($3::integer[]) with ordinality as c (place, n)
                 where not exists (select from pass_place t where t.kid = $1 and t.status_index = c.place)
                   and not exists (select from pass_ended_place e where e.kid = $1 and e.status_index = c.place)),
       wanting as (select w.pass, w.n from unnest($2::text[]) with ordinality as w (pass, n))
  insert into pass_place (kid, status_index, pass, status)
  select $1, f.place, w.pass, case p.state when 'REVOKED' then 1 when 'SUSPENDED' then 2 else 0 end from wanting w join free f on f.n = w.n join pass p on p.id = w.pass
   order by f.place on conflict (kid, status_index) do nothing returning pass, status_index as index`, [kid, passes, candidates]);

export const insertCredentials = async (within: Queryable, signed: readonly SignedCredential[]): Promise<void> => {
  await within.query(`/* pass.credentials */
    insert into pass_credential (digest, kid, pass, expires_at, credential, proof) select * from unnest($1::bytea[], $2::text[], $3::text[], $4::timestamptz[], $5::bytea[], $6::text[])`, [
    signed.map(({ digest }) => digest), signed.map(({ kid }) => kid), signed.map(({ pass }) => pass), signed.map(({ expiresAt }) => expiresAt), signed.map(({ credential }) => credential), signed.map(({ proof }) => proof),
  ]);
};

export const setExpiries = async (within: Queryable, ids: readonly string[], expiresAt: Date): Promise<void> => {
  await within.query('/* pass.expiries */ update pass set expires_at = $2 where id = any($1)', [ids, expiresAt]);
};
