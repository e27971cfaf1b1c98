import { defaultPort } from '@delta/schema/published';
import { exchangeVariables } from '@delta/runtime/exchange/index';
import { defaultHome } from '@delta/runtime/server/settings';
import { file, integer, oneOf, readConfig, text, url } from '@delta/service/config';
import { logLevels } from '@delta/service/log';
import { tlsVariables } from '@delta/service/tls';

/** The zone's process as configured. Every variable stands in the README. */
export const readSettings = (env: NodeJS.ProcessEnv = process.env) => readConfig({
  host: text('HOST', { default: '127.0.0.1' }),
  port: integer('PORT', { default: defaultPort('zone'), min: 0, max: 65_535 }),
  home: text('DELTA_HOME', { default: defaultHome }),
  databaseUrl: url('DATABASE_URL', { protocols: ['postgres:', 'postgresql:'], optional: true }),
  databaseOwnerUrl: url('DATABASE_OWNER_URL', { protocols: ['postgres:', 'postgresql:'], optional: true }),
  embeddedPort: integer('DELTA_POSTGRES_PORT', { default: 50_300 + defaultPort('zone'), min: 0, max: 65_535 }),
  poolSize: integer('DELTA_POOL_SIZE', { default: 10, min: 2, max: 200 }),
  statementTimeoutMs: integer('DELTA_STATEMENT_TIMEOUT_MS', { default: 2_000, min: 100, max: 60_000 }),
  mode: oneOf('DELTA_MODE', ['demo', 'production'] as const, { default: 'demo' }),
  signingKeyFile: file('DELTA_SIGNING_KEY_FILE'),
  trustFile: file('DELTA_TRUST_FILE'),
  peersFile: file('DELTA_PEERS_FILE', { optional: true }),
  passRootsFile: file('DELTA_PASS_ROOTS_FILE', { optional: true }),
  ...exchangeVariables,
  ...tlsVariables,
  cryptoSuite: oneOf('DELTA_CRYPTO_SUITE', ['aes', 'sm'] as const, { default: 'aes' }),
  checkpointSeconds: integer('DELTA_AUDIT_CHECKPOINT_SECONDS', { default: 60, min: 1, max: 3_600 }),
  logLevel: oneOf('LOG_LEVEL', logLevels, { default: 'info' }),
}, env);

export type Settings = ReturnType<typeof readSettings>;
