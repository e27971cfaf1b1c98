import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * One PostgreSQL for the whole run; each test file has a database of its own in it (`createTestDatabase`).
 * It belongs to Jest's own process: a worker that ends takes nobody's database with it.
 */
export default async () => {
  await import('./typescript.js');
  const { startCluster } = await import('@delta/runtime/db/embedded/index');
  const directory = await mkdtemp(join(tmpdir(), 'delta-test-'));
  const lines = [];
  const cluster = await startCluster({ directory: join(directory, 'pg'), durable: false, log: (line) => lines.push(line) });
  process.env.DELTA_TEST_CLUSTER = cluster.url('postgres');
  globalThis.deltaTestCluster = { cluster, directory, lines };
};
