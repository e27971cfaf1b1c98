import { openReading, type ReadingDatabase } from '@delta/runtime/db/openReading';
import type { AuditOptions } from './auditOptions.js';
import { ownerDatabaseUrl } from './ownerDatabase.js';
import type { Screen } from './screen.js';

/** Where the audit command works. */
export interface AuditPlace {
  readonly home: string;
  readonly env: NodeJS.ProcessEnv;
  readonly screen: Screen;
}

/** Opens the database whose audit is meant, to read alone. */
export const openAudit = async (owner: string, { databaseUrl }: AuditOptions, { env }: AuditPlace): Promise<ReadingDatabase> =>
  openReading(databaseUrl ?? await ownerDatabaseUrl(owner, env), 'delta-audit');
