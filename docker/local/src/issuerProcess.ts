import { integer, oneOf, readConfig } from '@delta/service/config';
import { createLog } from '@delta/service/log';
import { runService } from '@delta/service/process';
import { homeDirectory } from './home.js';
import { startIssuer } from './issuer.js';
import { defaultIssuerPort } from './issuerRegistry.js';

/** The development issuer as a process of its own. */
runService(async () => {
  const { port, mode } = readConfig({
    port: integer('PORT', { default: defaultIssuerPort, min: 1, max: 65_535 }),
    mode: oneOf('DELTA_MODE', ['demo', 'production'] as const, { default: 'demo' }),
  });
  const issuer = await startIssuer({ home: homeDirectory(process.env), port, mode });
  createLog('issuer').info({ port: issuer.port }, 'the development issuers answer');
  return issuer;
});
