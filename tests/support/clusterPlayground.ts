import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

interface Options {
  readonly directory: string;
  readonly durable?: boolean;
  readonly log?: (line: string) => void;
}

/** Clusters of one test in a folder of its own, all stopped and removed by `clear`. */
export interface ClusterPlayground<O extends Options, C> {
  readonly root: string;
  /** What the launcher said. */
  readonly log: readonly string[];
  /** In `root/pg`, not durable, unless told otherwise. */
  start(options?: Partial<O>): Promise<C>;
  clear(): Promise<void>;
}

/** `startCluster` is handed in because the package that exports it uses this for its own tests. */
export const createClusterPlayground = async <O extends Options, C extends { stop(): Promise<void> }>(
  startCluster: (options: Options & Partial<O>) => Promise<C>,
): Promise<ClusterPlayground<O, C>> => {
  const root = await mkdtemp(join(tmpdir(), 'delta-cluster-'));
  await chmod(root, 0o755);
  const running: C[] = [];
  const log: string[] = [];
  return {
    root,
    log,
    start: async (options = {}) => {
      const cluster = await startCluster({ directory: join(root, 'pg'), durable: false, log: (line) => log.push(line), ...options });
      running.push(cluster);
      return cluster;
    },
    clear: async () => {
      await Promise.all(running.map((cluster) => cluster.stop()));
      // A server whose owner was killed is still ending, and writes its last WAL.
      await rm(root, { recursive: true, force: true, maxRetries: 50, retryDelay: 100 });
    },
  };
};

const connected = async <T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
};

export const writeValue = (url: string, value: number): Promise<void> =>
  connected(url, async (client) => {
    await client.query('create table if not exists kept (value int)');
    await client.query('insert into kept values ($1)', [value]);
  });

export const readValues = (url: string): Promise<number[]> =>
  connected(url, async (client) => (await client.query<{ value: number }>('select value from kept order by value')).rows.map(({ value }) => value));

export const until = async (condition: () => boolean | Promise<boolean>, patienceMs = 15_000): Promise<void> => {
  for (const since = Date.now(); !(await condition()); await delay(50)) {
    if (Date.now() - since > patienceMs) throw new Error('it did not come about in time');
  }
};
