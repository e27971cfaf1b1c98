import { openDatabase } from '@delta/runtime/db/dataSource';
/** Brings a province's database to where these migrations end. */
export const migrateTo = async ({ url, ownerUrl }, migrations) => {
    const source = await openDatabase({ url, ownerUrl, entities: [], migrations, applicationName: 'migrations', poolSize: 2, statementTimeoutMs: 5_000 });
    await source.destroy();
};
//# sourceMappingURL=migrateTo.js.map