import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { DataSource, EntityManager, QueryRunner } from 'typeorm';
import { copyLine } from './copyText.js';
import { unhurried } from './unhurried.js';

/** Large enough that sending costs little beside the server's own work, small enough that the event loop stays free. */
const chunkCharacters = 64 * 1024;

const qualified = (table: string): string => table.split('.').map((part) => pg.escapeIdentifier(part)).join('.');

const copyOn = async (runner: QueryRunner, sql: string, rows: AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>, onProgress: (rows: number) => void): Promise<number> => {
  const client: unknown = await runner.connect();
  if (!(client instanceof pg.Client)) throw new TypeError('the data source does not run on pg');
  let count = 0;
  const chunks = async function* (): AsyncGenerator<Buffer> {
    let text = '';
    for await (const row of rows) {
      text += copyLine(row);
      count += 1;
      if (text.length < chunkCharacters) continue;
      yield Buffer.from(text);
      text = '';
      onProgress(count);
    }
    if (text !== '') yield Buffer.from(text);
  };
  const stream = client.query(copyFrom(sql));
  await pipeline(Readable.from(chunks(), { objectMode: true, highWaterMark: 2 }), stream);
  onProgress(count);
  return stream.rowCount;
};

/**
 * Loads rows with COPY and gives their number. On a transaction's `manager` it is part of that transaction; on a data source
 * it is one of its own: all rows or none. `table` may carry its schema (`audit.entry`). Takes as long as it needs: statement
 * timeouts do not apply. `onProgress` hears the number of rows sent so far, at most once per 64 KiB, and at the end.
 */
export const copyRows = async (
  target: DataSource | EntityManager,
  table: string,
  columns: readonly string[],
  rows: AsyncIterable<readonly unknown[]> | Iterable<readonly unknown[]>,
  onProgress: (rows: number) => void = () => undefined,
): Promise<number> => {
  const sql = `/* db.copy */ copy ${qualified(table)} (${columns.map((column) => pg.escapeIdentifier(column)).join(', ')}) from stdin`;
  const held = 'queryRunner' in target ? target.queryRunner : undefined;
  const runner = held ?? ('createQueryRunner' in target ? target : target.dataSource).createQueryRunner('master');
  try {
    return await unhurried(runner, () => copyOn(runner, sql, rows, onProgress));
  } finally {
    if (!held) await runner.release();
  }
};
