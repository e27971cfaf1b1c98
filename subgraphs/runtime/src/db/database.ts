import { PlatformError, type ErrorCode } from '@delta/schema/errors';
import type { DataSource, EntityManager } from 'typeorm';
import { inTransaction, isDatabaseGone } from './transaction.js';

/** Where SQL is said: plain parameterised statements, each named by a leading comment, or TypeORM's query builder. */
export interface Queryable {
  /** Runs one statement; rows as pg gives them (bigint as text). */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
}

export interface Database extends Queryable {
  /** One transaction: all of `work` is committed, or nothing. */
  transaction<T>(work: (within: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * A database whose loss has a name: any failure that means "gone" becomes `unavailable`
 * (PROVINCE_UNAVAILABLE, or ZONE_UNAVAILABLE in the zone), everything else stays what it is.
 */
export function createDatabase(source: DataSource, unavailable: ErrorCode): Database {
  const named = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (isDatabaseGone(error)) throw new PlatformError(unavailable, {}, error as Error);
      throw error;
    }
  };
  const over = (manager: EntityManager): Queryable => ({
    query: (sql, parameters = []) => named(() => manager.query(sql, [...parameters])),
    read: (work) => named(() => work(manager)),
  });
  return {
    ...over(source.manager),
    transaction: (work) => named(() => inTransaction(source, (manager) => work(over(manager)))),
    close: async () => { if (source.isInitialized) await source.destroy(); },
  };
}

/** What `/ready` says of a service that stands on this database. */
export async function databaseReadiness(db: Queryable): Promise<{ ok: boolean; checks: Record<string, string> }> {
  const database = await db.query('/* ready */ select 1').then(() => 'ok', () => 'unavailable');
  return { ok: database === 'ok', checks: { database } };
}
