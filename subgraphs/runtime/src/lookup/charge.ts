import type { Viewer } from '@delta/schema/viewer';
import type { Queryable } from '../db/database.js';
import { bucketsOfWindow, bucketSeconds, shardsOf } from './rules.js';
import type { FullScope, Limit } from './types.js';

/** Forgets what no window holds any more, also because it says whom somebody asked about. */
export const forgetUsage = (db: Queryable, now: Date): Promise<unknown> => db.query('/* background.lookupUsage */ delete from lookup_usage where ends_at < $1', [now]);

/** An act of asking: whom it is about, and by what it is known again when it is repeated. */
export type Ask = { readonly clientKey: string } & (
  | { readonly act: 'LOOKUP' | 'CASE'; readonly blindIndex: string; readonly purpose: string }
  | { readonly act: 'REVEAL'; readonly lookupId: string }
);

/**
 * Charges an act of asking to all its scopes, unless one of them is full; answers the full ones. Committed by itself: what is
 * refused later stays charged. How it counts is said in the migration that makes the function.
 */
export function chargeAsk(db: Queryable, limits: readonly Limit[], province: string, viewer: Viewer, ask: Ask, now: Date): Promise<FullScope[]> {
  const about = ask.act === 'REVEAL' ? { blindIndex: null, purpose: null, lookupId: ask.lookupId } : { ...ask, lookupId: null };
  const subjects = { PERSON: about.blindIndex, VIEWER: `${viewer.issuer} ${viewer.subject}`, ORGANIZATION: viewer.organization, PROVINCE: province };
  return db.query<FullScope>(`/* lookup.charge */
    select full_scope as scope, used from lookup_charge($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`, [
    ask.act, ask.clientKey, about.blindIndex, about.purpose, about.lookupId, viewer.issuer, viewer.subject,
    limits.map(({ scope }) => scope), limits.map(({ scope }) => subjects[scope]), limits.map(({ admits }) => admits), limits.map(bucketSeconds), limits.map(shardsOf),
    bucketsOfWindow, now,
  ]);
}
