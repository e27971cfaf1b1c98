import { deriveZoneSdl } from '@delta/schema/zone';
import { createLog } from '@delta/service/log';
import { runService } from '@delta/service/process';
import { startTracing } from '@delta/service/tracing';
import { createZone } from './createZone.js';
import { readSettings } from './settings.js';

if (process.argv.includes('--print-schema')) {
  process.stdout.write(deriveZoneSdl());
} else {
  runService(async () => {
    const settings = readSettings();
    const tracing = await startTracing('zone');
    const zone = await createZone({ settings, log: createLog('zone', { level: settings.logLevel }) });
    return { ...zone, close: async () => { await zone.close(); await tracing.stop(); } };
  });
}
