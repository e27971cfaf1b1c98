import type { Queryable } from '../../db/database.js';

/** Enters a phone's pass at place 5 of a key's list in a province's register. @returns what revokes it */
export async function enterPass(db: Queryable, province: string, kid: string): Promise<() => Promise<unknown>> {
  const member = '019a2b3c-4d5e-7f60-8a1b-000000000001';
  const [office, passId] = [`${province}-019a2b3c-4d5e-7f60-8a1b-00000000000a`, `${province}-019a2b3c-4d5e-7f60-8a1b-0000000000aa`];
  await db.query(`insert into organization (id, name, kind, division_code, path, grams) values ($1, '支部', 'BRANCH', $2 || '0100', array[$1], '{}')`, [office, province]);
  await db.query(`insert into member (id, name, gender, affiliation, home_organization_id, data_key, blind_index, crypto_suite, key_version) values ($2, '王小明', 'MALE', 'HOME', $1, '\\x00', 'v1:1', 'aes', 'v1')`, [office, member]);
  await db.query(`insert into pass (id, pass_id, member_id, class, state, reason, organization_id, office_id, issued_at, holder, expires_at) values ($2, $4, $3, 'PHONE', 'VALID', 'FIRST', $1, $1, now(), $5, now() + interval '50 days')`, [office, passId, member, Buffer.alloc(16, 1), Buffer.alloc(33, 2)]);
  await db.query('insert into pass_place (kid, status_index, pass) values ($1, 5, $2)', [kid, passId]);
  return () => db.query(`update pass set state = 'REVOKED', revoked_at = now(), revoked_for = 'LOST' where id = $1`, [passId]);
}
