import type { DataSource, EntityManager } from 'typeorm';
import { isDatabaseGone } from './failure.js';

/**
 * Reads from a replica where there is one, else from the primary; also from the primary when the replica fails.
 * A replica lags: only for reads that need not see the caller's own last write. Everything else reads the primary.
 */
export const readAside = async <T>(ds: DataSource, work: (manager: EntityManager) => Promise<T>): Promise<T> => {
  const runner = ds.createQueryRunner('slave');
  try {
    return await work(runner.manager);
  } catch (error) {
    const replicated = 'replication' in ds.options && ds.options.replication !== undefined;
    if (!replicated || !isDatabaseGone(error)) throw error;
  } finally {
    await runner.release();
  }
  const primary = ds.createQueryRunner('master');
  try {
    return await work(primary.manager);
  } finally {
    await primary.release();
  }
};
