import type { QueryRunner } from 'typeorm';
import { isPatientClient } from './tracedClient.js';

/**
 * Runs statements that may take as long as they need (migrations, bulk loads) on a runner whose connections otherwise give up:
 * lifts the server's statement timeout and our own limit on silence, and restores both.
 */
export const unhurried = async <T>(runner: QueryRunner, work: () => Promise<T>): Promise<T> => {
  const client: unknown = await runner.connect();
  const local = runner.isTransactionActive;
  const set = (value: string): Promise<unknown> =>
    runner.query(`/* db.unhurried */ select set_config('statement_timeout', $1, $2)`, [value, local]);
  const [before] = (await runner.query(`/* db.hurry */ select current_setting('statement_timeout') as value`)) as { value: string }[];
  await set('0');
  if (isPatientClient(client)) client.patient = true;
  try {
    return await work();
  } finally {
    if (isPatientClient(client)) client.patient = false;
    // In a failed transaction the rollback restores it; a connection that could not be restored must not be lent again.
    await set(before?.value ?? '0').catch(() => {
      if (!local && isPatientClient(client)) client.abandon();
    });
  }
};
