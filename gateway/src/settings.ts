import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { supergraphFile } from '@delta/schema/published';
import { file, flag, integer, oneOf, pairs, readConfig, text, type ConfigOf } from '@delta/service/config';
import { logLevels } from '@delta/service/log';
import { tlsVariables } from '@delta/service/tls';
import { limitVariables } from './limits.js';

/** The root of the repository: this file lies in gateway/src, or in gateway/dist once built. */
const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url));

const documentsFile = file('DELTA_DOCUMENTS_FILE', { mayBeMissing: true, optional: true });
const home = text('DELTA_HOME', { default: '.delta' });
const documentsIn = (homeDirectory: string): string => join(resolve(repositoryRoot, homeDirectory), 'documents.json');

const variables = {
  home,
  host: text('HOST', { default: '127.0.0.1' }),
  port: integer('PORT', { default: 4000, max: 65_535 }),
  logLevel: oneOf('LOG_LEVEL', logLevels, { default: 'info' }),
  mode: oneOf('DELTA_MODE', ['demo', 'production'], { default: 'demo' }),
  /** The composed supergraph; watched. */
  supergraphFile: file('DELTA_SUPERGRAPH_FILE', { mayBeMissing: true }),
  /** Where the last good supergraph is kept, for a start with a bad file. */
  supergraphCacheFile: file('DELTA_SUPERGRAPH_CACHE_FILE', { mayBeMissing: true }),
  /** Addresses that replace those of the supergraph, by subgraph name. */
  subgraphUrls: pairs('DELTA_SUBGRAPH_URLS', { default: new Map<string, string>() }),
  /** The manifest of registered documents; followed. Default: `documents.json` in the home of this machine. */
  documentsFile,
  signingKeyFile: file('DELTA_SIGNING_KEY_FILE'),
  issuersFile: file('DELTA_ISSUERS_FILE'),
  /** Failures in a row that open a subgraph's breaker. */
  breakerThreshold: integer('DELTA_BREAKER_THRESHOLD', { default: 1, min: 1, max: 100 }),
  /** First wait before a subgraph that failed is probed; doubles up to the longest. */
  breakerPauseMs: integer('DELTA_BREAKER_PAUSE_MS', { default: 250, min: 10 }),
  breakerLongestPauseMs: integer('DELTA_BREAKER_LONGEST_PAUSE_MS', { default: 5_000, min: 10 }),
  probeTimeoutMs: integer('DELTA_PROBE_TIMEOUT_MS', { default: 1_000, min: 10 }),
  /** Whether clients may ask for the schema. Default: in demo mode. */
  introspection: flag('DELTA_INTROSPECTION', { optional: true }),
  /** Whether the GraphiQL page is served. Default: in demo mode. */
  graphiql: flag('DELTA_GRAPHIQL', { optional: true }),
  /** Wait between turning unready and refusing connections, for load balancers. */
  drainDelayMs: integer('DELTA_DRAIN_DELAY_MS', { default: 0, max: 60_000 }),
  /** Shown to subgraphs, and demanded of them. Clients are met by the proxy in front. */
  ...tlsVariables,
  ...limitVariables,
};

export type Settings = Omit<ConfigOf<typeof variables>, 'introspection' | 'graphiql' | 'documentsFile'> & { readonly introspection: boolean; readonly graphiql: boolean; readonly documentsFile: string };

/** The gateway's configuration from the environment. @throws ConfigError naming every variable that is wrong */
export function readSettings(env?: NodeJS.ProcessEnv): Settings {
  const config = readConfig(variables, env);
  const demo = config.mode === 'demo';
  return { ...config, introspection: config.introspection ?? demo, graphiql: config.graphiql ?? demo, documentsFile: config.documentsFile ?? documentsIn(config.home) };
}

const commandVariables = {
  home,
  documentsFile,
  supergraphFile: file('DELTA_SUPERGRAPH_FILE', { default: fileURLToPath(supergraphFile) }),
  ...limitVariables,
};

/** What the command that registers documents works with. @throws ConfigError */
export function readDocumentsSettings(env?: NodeJS.ProcessEnv) {
  const config = readConfig(commandVariables, env);
  return { ...config, documentsFile: config.documentsFile ?? documentsIn(config.home) };
}

export type DocumentsSettings = ReturnType<typeof readDocumentsSettings>;
