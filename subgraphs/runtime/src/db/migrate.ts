import { setTimeout as delay } from 'node:timers/promises';
import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { unhurried } from './unhurried.js';

/** Any number, as long as nobody else locks it in this database; "delta" in ASCII. */
const lockKey = 0x64656c7461;

/**
 * Runs the migrations that this database has not seen, each in its own transaction, oldest first; gives their names.
 *
 * Instances of one service start together, and TypeORM alone would let two of them run the same migration. An advisory lock
 * lives on one connection, so it is taken, the migrations are run, and it is released on one runner: should that connection
 * break, the lock goes with it, and so does the migration. The lock is asked for again and again rather than waited for:
 * a waiting statement holds a snapshot, and CREATE INDEX CONCURRENTLY in the other instance's migration would wait for that.
 * `after` runs under the same lock, at every start: the tables may be there while what stands on them is not.
 */
export const migrate = async (ds: DataSource, after: (runner: QueryRunner) => Promise<void> = async () => undefined): Promise<string[]> => {
  const runner = ds.createQueryRunner('master');
  try {
    return await unhurried(runner, async () => {
      const lock = async (): Promise<boolean> => {
        const [row] = (await runner.query('/* db.lock */ select pg_try_advisory_lock($1) as taken', [lockKey])) as { taken: boolean }[];
        return row?.taken === true;
      };
      while (!(await lock())) await delay(100);
      try {
        const executor = new MigrationExecutor(ds, runner);
        executor.transaction = 'each';
        const ran = await executor.executePendingMigrations();
        await after(runner);
        return ran.map(({ name }) => name);
      } finally {
        if (!runner.isReleased) await runner.query('/* db.unlock */ select pg_advisory_unlock($1)', [lockKey]);
      }
    });
  } finally {
    await runner.release();
  }
};
