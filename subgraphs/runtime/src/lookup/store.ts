import type { Viewer } from '@delta/schema/viewer';
import type { Queryable } from '../db/database.js';
import type { LookupInCase, LookupRecord } from './types.js';

const columns = `l.id, l.blind_index as "blindIndex", l.purpose, l.case_id as "caseId", l.case_id is not null as "inCase", l.reveals, l.reveal,
  l.reveal_reason as "revealReason", l.present, l.presence, l.opened_at as "openedAt", l.expires_at as "expiresAt"`;
const inCase = `${columns}, c.closed_at as "caseClosedAt", c.expires_at as "caseExpiresAt" from lookup l left join case_file c on c.id = l.case_id`;

/** Records the act; null when this viewer used the client key before. */
export async function insertLookup(db: Queryable, lookup: LookupRecord, viewer: Viewer, clientKey: string): Promise<LookupRecord | null> {
  const rows = await db.query<LookupRecord>(`/* lookup.insert */
    insert into lookup as l (id, blind_index, purpose, viewer_issuer, viewer_subject, viewer_role, viewer_organization, client_key, opened_at, expires_at,
                             case_id, reveals, reveal, reveal_reason, present, presence)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) on conflict do nothing returning ${columns}`, [
    lookup.id, lookup.blindIndex, lookup.purpose, viewer.issuer, viewer.subject, viewer.role, viewer.organization, clientKey, lookup.openedAt, lookup.expiresAt,
    lookup.caseId, lookup.reveals, lookup.reveal, lookup.revealReason, lookup.present, lookup.presence && JSON.stringify(lookup.presence),
  ]);
  return rows[0] ?? null;
}

export async function findLookupByKey(db: Queryable, viewer: Viewer, clientKey: string): Promise<LookupInCase | null> {
  const rows = await db.query<LookupInCase>(`/* lookup.findByKey */
    select ${inCase} where l.viewer_issuer = $1 and l.viewer_subject = $2 and l.client_key = $3`, [viewer.issuer, viewer.subject, clientKey]);
  return rows[0] ?? null;
}

/** The viewer's own lookup by id. */
export async function findOwnLookup(db: Queryable, viewer: Viewer, id: string): Promise<LookupInCase | null> {
  const rows = await db.query<LookupInCase>(`/* lookup.findOwn */
    select ${inCase} where l.id = $1 and l.viewer_issuer = $2 and l.viewer_subject = $3`, [id, viewer.issuer, viewer.subject]);
  return rows[0] ?? null;
}

/** What phones answered goes with the lookups that rested on it. */
export const forgetPresence = async (db: Queryable, now: Date): Promise<void> => {
  await db.query('/* background.lookupPresence */ update lookup set presence = null where presence is not null and expires_at < $1', [now]);
};

/**
 * A lookup of a person who was shredded stays as an act, about nobody that could be found again: neither by the number nor, where it was opened
 * by a pass of this province (openLookupByPass.ts), by that. Called while the member's row still has its blind index.
 */
export const forgetPerson = async (within: Queryable, blindIndex: string): Promise<void> => {
  const passes = await within.query<{ subject: string }>(`/* lookup.passesOf */
    select 'pass:' || split_part(p.id, '-', 1) || ':' || encode(p.pass_id, 'hex') as subject from pass p join member m on m.id = p.member_id where m.blind_index = $1`, [blindIndex]);
  const subjects = [blindIndex, ...passes.map(({ subject }) => subject)];
  await within.query(`/* lookup.forget */ update lookup set blind_index = 'shredded:' || id, presence = null where blind_index = any($1)`, [subjects]);
  await within.query(`/* lookup.forgetUsage */ delete from lookup_usage where scope = 'PERSON' and subject = any($1)`, [subjects]);
};
