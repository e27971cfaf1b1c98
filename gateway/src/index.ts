import { loadBearerVerifier } from '@delta/service/bearer';
import { loadSigner } from '@delta/service/keys';
import { createLog } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';
import { runService } from '@delta/service/process';
import { startTracing } from '@delta/service/tracing';
import { createGateway } from './server.js';
import { readSettings } from './settings.js';

runService(async () => {
  const settings = readSettings();
  const tracing = await startTracing('gateway');
  const log = createLog('gateway', { level: settings.logLevel });
  const gateway = await createGateway(settings, {
    signer: await loadSigner(settings.signingKeyFile, log),
    bearer: await loadBearerVerifier(settings.issuersFile, { log }),
    metrics: createMetrics('gateway'),
    log,
  });
  log.info({ port: gateway.port }, 'the gateway answers');
  return {
    url: gateway.url,
    close: async () => {
      await gateway.close();
      await tracing.stop();
    },
  };
});
