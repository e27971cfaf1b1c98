import { openDatabase } from '../../dataSource.js';
import type { provinceMigrations } from '../index.js';

/** Brings a province's database to where these migrations end, by the role that owns its tables. */
export const migrateTo = async ({ url, ownerUrl }: { readonly url: string; readonly ownerUrl: string }, migrations: typeof provinceMigrations): Promise<void> => {
  const source = await openDatabase({ url, ownerUrl, entities: [], migrations, applicationName: 'migrations', poolSize: 2, statementTimeoutMs: 5_000 });
  await source.destroy();
};
