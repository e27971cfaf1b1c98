import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { ConnectionLost, isRunnerReleased, isWorthRepeating } from './failure.js';
import { HeldTransaction } from './heldTransaction.js';
import { isPatientClient } from './tracedClient.js';

export { isDatabaseGone, isWorthRepeating } from './failure.js';

export interface TransactionOptions {
  /** READ COMMITTED, PostgreSQL's own default, when left out. */
  readonly isolation?: 'READ COMMITTED' | 'REPEATABLE READ' | 'SERIALIZABLE';
  /** How often `work` may run, when it fails by a deadlock or a serialization failure. 1 when left out. */
  readonly attempts?: number;
}

/** A connection of which we do not know whether its transaction is over must not be lent to the next caller. */
const rollBack = async (runner: QueryRunner): Promise<void> => {
  if (runner.isReleased || !runner.isTransactionActive) return;
  const client: unknown = await runner.connect();
  await runner.rollbackTransaction().catch(() => {
    if (isPatientClient(client)) client.abandon();
  });
};

const attempt = async <T>(ds: DataSource, work: (manager: EntityManager) => Promise<T>, isolation: TransactionOptions['isolation']): Promise<T> => {
  const runner = ds.createQueryRunner('master');
  try {
    await runner.startTransaction(isolation);
    const result = await work(runner.manager);
    await runner.commitTransaction();
    return result;
  } catch (error) {
    // TypeORM gives the connection back by itself when it breaks; what the caller did next only met the empty runner.
    const lost = runner.isReleased && isRunnerReleased(error);
    await rollBack(runner);
    throw lost ? new ConnectionLost('the connection was lost during a transaction', { cause: error }) : error;
  } finally {
    await runner.release();
  }
};

/**
 * Runs `work` in one transaction on the primary and commits; whatever `work` throws rolls it back and is thrown on.
 * `isDatabaseGone` tells a lost database from a failed statement. `work` must reach the database through `manager` alone.
 */
export const inTransaction = async <T>(
  ds: DataSource,
  work: (manager: EntityManager) => Promise<T>,
  { isolation, attempts = 1 }: TransactionOptions = {},
): Promise<T> => {
  for (let round = 1; ; round += 1) {
    try {
      return await attempt(ds, work, isolation);
    } catch (error) {
      if (round >= attempts || !isWorthRepeating(error)) throw error;
    }
  }
};

/** The same for plain statements: in READ COMMITTED, once, and in fewer round trips (heldTransaction.ts). */
export const inStatements = async <T>(ds: DataSource, work: (held: HeldTransaction) => Promise<T>): Promise<T> => {
  const runner = ds.createQueryRunner('master');
  try {
    const held = await HeldTransaction.on(runner);
    try {
      const result = await work(held);
      await held.commit();
      return result;
    } catch (error) {
      const lost = runner.isReleased && isRunnerReleased(error);
      await held.rollBack();
      throw lost ? new ConnectionLost('the connection was lost during a transaction', { cause: error }) : error;
    }
  } finally {
    await runner.release();
  }
};
