import type { SuiteName } from '../crypto/types.js';
import type { Queryable } from '../db/database.js';
import type { KeyRow } from './store.js';

/** How many subjects' keys are wrapped by each suite and version. */
export const countKeysBySeal = (db: Pick<Queryable, 'query'>): Promise<{ suite: SuiteName; version: string; keys: number }[]> => db.query(`/* exchange.countKeysBySeal */
  select crypto_suite as suite, key_version as version, count(*)::integer as keys from exchange_key group by 1, 2 order by 1, 2`);

/** Locks the next keys that are not wrapped under `version`; one that another transaction holds is passed over. */
export const lockKeysBehind = (within: Queryable, version: string, after: string | null, limit: number): Promise<KeyRow[]> => within.query<KeyRow>(`/* exchange.lockKeysBehind */
  select subject, crypto_suite as suite, key_version as version, data_key as bytes from exchange_key
   where key_version <> $1 and ($2::text is null or subject > $2) order by subject limit $3 for no key update skip locked`, [version, after, limit]);

export const storeKeys = async (within: Queryable, keys: readonly KeyRow[]): Promise<void> => {
  if (keys.length === 0) return;
  await within.query(`/* exchange.storeKeys */
    update exchange_key k set crypto_suite = s.suite, key_version = s.version, data_key = s.bytes
      from unnest($1::text[], $2::text[], $3::text[], $4::bytea[]) as s (subject, suite, version, bytes) where k.subject = s.subject`,
  [keys.map(({ subject }) => subject), keys.map(({ suite }) => suite), keys.map(({ version }) => version), keys.map(({ bytes }) => bytes)]);
};
