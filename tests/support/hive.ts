import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { keyFiles } from '@delta/local/home';
import type { TestZone } from './zone.js';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** Hive's two query planners: the one it takes unless told, and the one written in Rust. */
export type HivePlanner = 'stitching' | 'router';

export const hiveInstalled = existsSync(path('../hive/node_modules/@graphql-hive/gateway-runtime/package.json'));
export const hiveInstallCommand = 'npm ci --prefix tests/hive --workspaces=false';

export interface TestHive {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts Hive Gateway over the subgraphs of a test zone, with the committed supergraph and the settings of our gateway. */
export async function startTestHive({ home, urls }: TestZone, planner: HivePlanner): Promise<TestHive> {
  const keys = keyFiles(home);
  const child = fork(path('../hive/router.js'), {
    execArgv: ['--import', path('typescript.js')],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'], NODE_ENV: 'production', HOST: '127.0.0.1', PORT: '0', DELTA_HIVE_PLANNER: planner,
      DELTA_SUPERGRAPH_FILE: path('../../schema/supergraph.graphql'),
      DELTA_SUBGRAPH_URLS: Object.entries(urls).map((pair) => pair.join('=')).join(','),
      DELTA_SIGNING_KEY_FILE: keys.signing('gateway'), DELTA_ISSUERS_FILE: keys.issuers,
    },
  });
  let complaint = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => { complaint += text; });
  const ended = once(child, 'exit');
  const ready = once(child, 'message') as Promise<[{ readonly url: string }]>;
  const [message] = await Promise.race([ready, ended.then(() => { throw new Error(`Hive did not start: ${complaint}`); })]);
  return {
    url: message.url,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
