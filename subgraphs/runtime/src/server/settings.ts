import { fileURLToPath } from 'node:url';
import { defaultPort } from '@delta/schema/published';
import { file, integer, oneOf, readConfig, text, url } from '@delta/service/config';
import { logLevels } from '@delta/service/log';
import { tlsVariables } from '@delta/service/tls';
import { suiteNames } from '../crypto/types.js';
import { exchangeVariables } from '../exchange/index.js';

/** Where data, keys and logs of this machine lie unless DELTA_HOME says otherwise: `.delta` at the project's root. */
export const defaultHome = fileURLToPath(new URL('../../../../.delta', import.meta.url));

/** Places in the status list of a key: also for commands that sign beside the province's process. */
export const passPlaces = integer('DELTA_PASS_PLACES', { default: 2_000_000, min: 1_000, max: 16_000_000 });

/** One province's process as configured. Every variable stands in the runtime's README. */
export const readSettings = (slug: string, env: NodeJS.ProcessEnv = process.env) => readConfig({
  host: text('HOST', { default: '127.0.0.1' }),
  port: integer('PORT', { default: defaultPort(slug), min: 0, max: 65_535 }),
  home: text('DELTA_HOME', { default: defaultHome }),
  databaseUrl: url('DATABASE_URL', { protocols: ['postgres:', 'postgresql:'], optional: true }),
  databaseOwnerUrl: url('DATABASE_OWNER_URL', { protocols: ['postgres:', 'postgresql:'], optional: true }),
  embeddedPort: integer('DELTA_POSTGRES_PORT', { default: 50_300 + defaultPort(slug), min: 0, max: 65_535 }),
  poolSize: integer('DELTA_POOL_SIZE', { default: 10, min: 2, max: 200 }),
  statementTimeoutMs: integer('DELTA_STATEMENT_TIMEOUT_MS', { default: 2_000, min: 100, max: 60_000 }),
  mode: oneOf('DELTA_MODE', ['demo', 'production'] as const, { default: 'demo' }),
  signingKeyFile: file('DELTA_SIGNING_KEY_FILE'),
  trustFile: file('DELTA_TRUST_FILE'),
  peersFile: file('DELTA_PEERS_FILE', { optional: true }),
  passRootsFile: file('DELTA_PASS_ROOTS_FILE', { optional: true }),
  issuersFile: file('DELTA_ISSUERS_FILE'),
  blindIndexKeyFile: file('DELTA_BLIND_INDEX_KEY_FILE'),
  masterKeyFile: file('DELTA_MASTER_KEY_FILE'),
  passKeysFile: file('DELTA_PASS_KEYS_FILE', { optional: true }),
  passPlaces,
  cryptoSuite: oneOf('DELTA_CRYPTO_SUITE', suiteNames, { default: 'aes' }),
  zoneUrl: url('DELTA_ZONE_URL', { default: 'http://127.0.0.1:4010' }),
  caseDays: integer('DELTA_CASE_DAYS', { default: 30, min: 1, max: 366 }),
  lookupLimitPerson: integer('DELTA_LOOKUP_LIMIT_PERSON', { default: 10, min: 1, max: 1_000_000_000 }),
  lookupLimitViewer: integer('DELTA_LOOKUP_LIMIT_VIEWER', { default: 60, min: 1, max: 1_000_000_000 }),
  lookupLimitOrganization: integer('DELTA_LOOKUP_LIMIT_ORGANIZATION', { default: 300, min: 1, max: 1_000_000_000 }),
  lookupLimitProvince: integer('DELTA_LOOKUP_LIMIT_PROVINCE', { default: 5_000, min: 1, max: 1_000_000_000 }),
  verifyLimitViewer: integer('DELTA_VERIFY_LIMIT_VIEWER', { default: 600, min: 1, max: 1_000_000_000 }),
  syntheticMembers: integer('DELTA_SYNTHETIC_MEMBERS', { default: 10_000, min: 0, max: 1_000_000 }),
  ...exchangeVariables,
  ...tlsVariables,
  checkpointSeconds: integer('DELTA_AUDIT_CHECKPOINT_SECONDS', { default: 60, min: 1, max: 3_600 }),
  logLevel: oneOf('LOG_LEVEL', logLevels, { default: 'info' }),
}, env);

export type Settings = ReturnType<typeof readSettings>;
