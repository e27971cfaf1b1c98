import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDatabase, type Database } from '@delta/runtime/db/database';
import { openDatabase } from '@delta/runtime/db/dataSource';
import { Refusal } from './refusal.js';
import { readSettings } from './settings.js';

/**
 * Connection string of an owner's database for a command, by the role of its service: `DATABASE_URL` where a single service has one (in its container), else
 * that of the owner on this machine, embedded or its own.
 * @throws Refusal, ConfigError
 */
export async function ownerDatabaseUrl(owner: string, env: NodeJS.ProcessEnv): Promise<string> {
  if (env['DATABASE_URL']) return env['DATABASE_URL'];
  const { home, databaseUrls, databasePorts } = readSettings(env);
  if (databaseUrls[owner] !== undefined) return databaseUrls[owner];
  const role = `${owner}_service`;
  const password = await readFile(join(home, owner, 'pg', `${role}.password`), 'utf8').catch(() => {
    throw new Refusal(`${home} holds no database of ${owner}.`, 'Start the zone once, or set DELTA_HOME.');
  });
  return `postgres://${role}:${password.trim()}@127.0.0.1:${databasePorts[owner]}/${owner}`;
}

/** Opens a province's database beside the service that runs on it: no statement is too long, and no table is changed. */
export async function openOwnerDatabase(url: string): Promise<Database> {
  const source = await openDatabase({ url, entities: [], migrations: [], applicationName: 'delta-keys', poolSize: 2, statementTimeoutMs: 0, patienceMs: 0 });
  return createDatabase(source, 'PROVINCE_UNAVAILABLE');
}
