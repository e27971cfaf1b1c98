import type { provinceMigrations } from '@delta/runtime/db/migrations/index';
import type { TestDatabase } from './database.js';
/** Brings a province's database to where these migrations end. */
export declare const migrateTo: ({ url, ownerUrl }: TestDatabase, migrations: typeof provinceMigrations) => Promise<void>;
//# sourceMappingURL=migrateTo.d.ts.map