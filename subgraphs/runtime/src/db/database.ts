import { PlatformError, type ErrorCode } from '@delta/schema/errors';
import type { DataSource, EntityManager } from 'typeorm';
import { inStatements, isDatabaseGone } from './transaction.js';

/** Where SQL is said: plain parameterised statements, each named by a leading comment, or TypeORM's query builder. */
export interface Queryable {
  /** Runs one statement; rows as pg gives them (bigint as text). */
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
  read<T>(work: (manager: EntityManager) => Promise<T>): Promise<T>;
}

/** A transaction under way. */
export interface Transaction extends Queryable {
  /**
   * Says a statement that gives nothing back without waiting for it: it goes with the next one, or with the commit. If it fails,
   * so does that.
   */
  later(sql: string, parameters: readonly unknown[]): void;
  /** Undoes what `work` did if it throws, and throws that on; the transaction goes on either way. Not within another attempt. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
}

export interface Database extends Queryable {
  /** One transaction: all of `work` is committed, or nothing. */
  transaction<T>(work: (within: Transaction) => Promise<T>): Promise<T>;
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
  return {
    query: (sql, parameters = []) => named(() => source.manager.query(sql, [...parameters])),
    read: (work) => named(() => work(source.manager)),
    transaction: (work) => named(() => inStatements(source, (held) => work({
      query: <Row>(sql: string, parameters: readonly unknown[] = []) => named(() => held.query(sql, parameters) as Promise<Row[]>),
      read: (reading) => named(async () => reading(await held.manager())),
      later: (sql, parameters) => { held.later(sql, parameters); },
      attempt: (attempted) => named(() => held.attempt(attempted)),
    }))),
    close: async () => { if (source.isInitialized) await source.destroy(); },
  };
}

/** What `/ready` says of a service that stands on this database. */
export async function databaseReadiness(db: Queryable): Promise<{ ok: boolean; checks: Record<string, string> }> {
  const database = await db.query('/* ready */ select 1').then(() => 'ok', () => 'unavailable');
  return { ok: database === 'ok', checks: { database } };
}
