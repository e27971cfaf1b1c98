import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { context, propagation, trace } from '@opentelemetry/api';
import { startTracing } from '@delta/service/tracing';

/** Where the suite keeps what its zones said; `npm test` empties it first and `tests/leaks` reads it last. */
export const trafficFolder = fileURLToPath(new URL('../.traffic/', import.meta.url));

export type TrafficKind = 'log' | 'trace' | 'metrics' | 'error' | 'database';

/** All that one zone of one test let out beside its answers. */
export interface Traffic {
  note(kind: TrafficKind, text: string): void;
  /** Writes it down. */
  close(): Promise<void>;
}

/** Collects for the leak test. With `traces`, spans of this process are exported to a collector of its own. */
export async function recordTraffic({ traces }: { readonly traces: boolean }): Promise<Traffic> {
  const noted: { kind: TrafficKind; text: string }[] = [];
  const note = (kind: TrafficKind, text: string): void => { noted.push({ kind, text }); };
  const tracing = traces ? await collectTraces((text) => { note('trace', text); }) : null;
  return {
    note,
    close: async () => {
      await tracing?.stop();
      await mkdir(trafficFolder, { recursive: true });
      await writeFile(join(trafficFolder, `${randomUUID()}.json`), JSON.stringify(noted));
    },
  };
}

async function collectTraces(receive: (text: string) => void): Promise<{ stop(): Promise<void> } | null> {
  // A test that collects traces itself keeps its own collector.
  if (process.env['OTEL_EXPORTER_OTLP_ENDPOINT']) return null;
  const collector = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => { chunks.push(chunk); }).on('end', () => { receive(Buffer.concat(chunks).toString()); response.setHeader('content-type', 'application/json').end('{}'); });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => collector.once('listening', resolve));
  process.env['OTEL_EXPORTER_OTLP_ENDPOINT'] = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  const tracing = await startTracing('test');
  delete process.env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return {
    stop: async () => {
      await tracing.stop();
      trace.disable(); context.disable(); propagation.disable();
      collector.closeAllConnections();
      await new Promise((resolve) => collector.close(resolve));
    },
  };
}

/** Every row of every table of a database, as text. */
export async function dumpTables(query: <Row>(sql: string) => Promise<Row[]>): Promise<string> {
  const tables = await query<{ name: string }>('select quote_ident(table_name) as name from information_schema.tables where table_schema = \'public\' and table_type = \'BASE TABLE\'');
  const texts = await Promise.all(tables.map(async ({ name }) => (await query<{ row: string }>(`select t::text as row from ${name} t`)).map(({ row }) => `${name} ${row}`).join('\n')));
  return texts.join('\n');
}
