import pg from 'pg';
import { errorCode } from '../errorCode.js';

/** Any number, as long as nobody else locks it in this database; "role" in ASCII. */
const lockKey = 0x726f6c65;

/** A role that logs in with this password, whatever it was before. Safe from several processes at once. */
export const ensureLogin = async (client: pg.Client, role: string, password: string): Promise<void> => {
  const name = pg.escapeIdentifier(role);
  const secret = pg.escapeLiteral(password);
  // Two that alter one role at once fail; the lock ends with the connection.
  await client.query('/* launcher.lock */ select pg_advisory_lock($1)', [lockKey]);
  try {
    await client.query(`/* launcher.role */ create role ${name} login password ${secret}`);
  } catch (error) {
    if (errorCode(error) !== '42710') throw error;
    await client.query(`/* launcher.password */ alter role ${name} login password ${secret}`);
  }
};
