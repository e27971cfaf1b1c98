import { PlatformError } from '@delta/schema/errors';
import { documentsCommand, documentsHelp } from '../documentsCommand.js';
import { readDocumentsSettings } from '../settings.js';

/** `npm run documents`: registers the documents that dashboards may run. */
try {
  process.stdout.write(`${await documentsCommand(process.argv.slice(2), readDocumentsSettings())}\n`);
} catch (error) {
  process.exitCode = error instanceof PlatformError ? 2 : 1;
  process.stderr.write(error instanceof PlatformError ? `${error.code}: ${error.message} ${String(error.extensions['remedy'])}\n`
    : error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS') ? `${documentsHelp}\n` : `${(error as Error).stack}\n`);
}
