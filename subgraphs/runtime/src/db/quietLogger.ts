import type { Logger } from 'typeorm';

const nothing = (): void => undefined;

/** TypeORM would write failing statements with their parameters to the console; failures reach whoever called, and tracing the rest. */
export const quietLogger: Logger = {
  logQuery: nothing, logQueryError: nothing, logQuerySlow: nothing, logSchemaBuild: nothing, logMigration: nothing, log: nothing,
};
