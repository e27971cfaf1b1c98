import type { Viewer } from '@delta/schema/viewer';
import type { Queryable } from '../db/database.js';
import type { PassClass } from '../pass/index.js';
import type { ChallengeRecord, PresenceRecord } from './types.js';

/** Counts one more in a minute; answers how many there are. */
export const chargeCheck = async (db: Queryable, viewer: Viewer, minute: number): Promise<number> => (await db.query<{ checks: number }>(`/* passCheck.charge */
  insert into pass_check_usage as u (viewer_issuer, viewer_subject, minute, checks) values ($1, $2, $3, 1)
  on conflict (viewer_issuer, viewer_subject, minute) do update set checks = u.checks + 1 returning checks`, [viewer.issuer, viewer.subject, minute]))[0]!.checks;

const challenge = 'id, station_id as "stationId", activity, nonce, step, expires_at as "expiresAt"';
const toChallenge = (rows: (Omit<ChallengeRecord, 'step'> & { step: string })[]): ChallengeRecord | null => (rows[0] ? { ...rows[0], step: Number(rows[0].step) } : null);

/** Null when this viewer used the client key before. */
export const insertChallenge = async (db: Queryable, record: ChallengeRecord, viewer: Viewer, clientKey: string, at: Date): Promise<ChallengeRecord | null> => toChallenge(await db.query(`/* passCheck.openChallenge */
  insert into pass_challenge (id, station_id, activity, nonce, step, viewer_issuer, viewer_subject, client_key, opened_at, expires_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning ${challenge}`,
[record.id, record.stationId, record.activity, record.nonce, record.step, viewer.issuer, viewer.subject, clientKey, at, record.expiresAt]));

export const findChallengeByKey = async (db: Queryable, viewer: Viewer, clientKey: string): Promise<ChallengeRecord | null> => toChallenge(await db.query(`/* passCheck.challengeByKey */
  select ${challenge} from pass_challenge where viewer_issuer = $1 and viewer_subject = $2 and client_key = $3`, [viewer.issuer, viewer.subject, clientKey]));

export const findChallenge = async (db: Queryable, id: string): Promise<ChallengeRecord | null> => toChallenge(await db.query(`/* passCheck.challenge */
  select ${challenge} from pass_challenge where id = $1`, [id]));

/** True once for each challenge. Who comes at the same moment waits for the row, and then finds it answered. */
export const claimChallenge = async (within: Queryable, id: string, at: Date): Promise<boolean> => (await within.query(`/* passCheck.answer */
  with answered as (update pass_challenge set answered_at = $2 where id = $1 and answered_at is null returning 1) select * from answered`, [id, at])).length > 0;

/** True once for each proof. */
export const claimProof = async (within: Queryable, proof: Buffer, until: Date): Promise<boolean> => (await within.query(`/* passCheck.claimProof */
  insert into pass_proof (proof, until) values ($1, $2) on conflict do nothing returning 1`, [proof, until])).length > 0;

/** True once for each use. */
export const claimUse = async (within: Queryable, use: Buffer, at: Date): Promise<boolean> => (await within.query(`/* passCheck.claimUse */
  insert into pass_use (use, used_at) values ($1, $2) on conflict do nothing returning 1`, [use, at])).length > 0;

/** A valid check as it is kept for a client that repeats it. Whose name the pass bears is not. */
export interface CheckRecord {
  readonly id: string;
  readonly class: PassClass;
  readonly issuer: string;
  readonly freshness: 'CURRENT' | 'STALE';
  readonly expiresAt: Date;
  readonly checkedAt: Date;
}

const check = 'id, class, issuer, freshness, expires_at as "expiresAt", checked_at as "checkedAt"';

/** False when this viewer used the client key before. @param input digest of what was asked */
export const insertCheck = async (within: Queryable, record: CheckRecord, viewer: Viewer, clientKey: string, input: Buffer): Promise<boolean> => (await within.query(`/* passCheck.insert */
  insert into pass_check (id, viewer_issuer, viewer_subject, client_key, input, class, issuer, freshness, expires_at, checked_at)
  values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict do nothing returning 1`,
[record.id, viewer.issuer, viewer.subject, clientKey, input, record.class, record.issuer, record.freshness, record.expiresAt, record.checkedAt])).length > 0;

export const findCheckByKey = async (db: Queryable, viewer: Viewer, clientKey: string): Promise<(CheckRecord & { readonly input: Buffer }) | null> => (await db.query<CheckRecord & { readonly input: Buffer }>(`/* passCheck.findByKey */
  select ${check}, input from pass_check where viewer_issuer = $1 and viewer_subject = $2 and client_key = $3`, [viewer.issuer, viewer.subject, clientKey]))[0] ?? null;

/** False when that proof or that lookup was there before. */
export const insertPresence = async (db: Queryable, record: PresenceRecord, viewer: Viewer): Promise<boolean> => (await db.query(`/* passCheck.insertPresence */
  insert into pass_presence (proof, lookup_id, code, pass_id, viewer_issuer, viewer_subject, expires_at) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning 1`,
[record.proof, record.lookupId, record.code, record.passId, viewer.issuer, viewer.subject, record.expiresAt])).length > 0;

/** What was judged for this lookup of this viewer, by this code. */
export const findPresence = async (db: Queryable, lookupId: string, code: Buffer, viewer: Viewer): Promise<{ readonly passId: string; readonly expiresAt: Date } | null> => (await db.query<{ passId: string; expiresAt: Date }>(`/* passCheck.presence */
  select pass_id as "passId", expires_at as "expiresAt" from pass_presence where lookup_id = $1 and code = $2 and viewer_issuer = $3 and viewer_subject = $4`,
[lookupId, code, viewer.issuer, viewer.subject]))[0] ?? null;

/**
 * What nothing can be refused by any more: proofs and challenges some minutes after their step is refused anyway, presences after a
 * day, checks after a day, uses after four hundred days, which outlasts every activity.
 */
export const forgetShown = async (db: Queryable, now: Date): Promise<void> => {
  const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000);
  const day = 24 * 60;
  for (const [sql, before] of [
    ['delete from pass_proof where until < $1', ago(10)],
    ['delete from pass_challenge where expires_at < $1', ago(day)],
    ['delete from pass_presence where expires_at < $1', ago(day)],
    ['delete from pass_check where checked_at < $1', ago(day)],
    ['delete from pass_use where used_at < $1', ago(400 * day)],
  ] as const) await db.query(`/* background.passCheck */ ${sql}`, [before]);
  await db.query('/* background.passCheck */ delete from pass_check_usage where minute < $1', [Math.floor(ago(10).getTime() / 60_000)]);
};
