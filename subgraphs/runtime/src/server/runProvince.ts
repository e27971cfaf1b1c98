import { createLog } from '@delta/service/log';
import { report, runService } from '@delta/service/process';
import { startTracing } from '@delta/service/tracing';
import { createProvince } from './createProvince.js';
import type { ProvinceDefinition } from './province.js';
import { provinceSdl } from './schema.js';
import { readSettings } from './settings.js';

/** A province's whole entry point: `--print-schema` prints the SDL that it publishes, otherwise its subgraph runs. */
export function runProvince(definition: ProvinceDefinition): void {
  if (process.argv.includes('--print-schema')) {
    process.stdout.write(provinceSdl(definition));
    return;
  }
  const { slug } = definition.entry;
  runService(async () => {
    const settings = readSettings(slug);
    const log = createLog(slug, { level: settings.logLevel });
    const tracing = await startTracing(slug);
    const province = await createProvince({ definition, settings, log, onLoading: (done, total) => report({ type: 'progress', task: 'members', done, total }) });
    void province.registered.then((count) => report({ type: 'registered', count }));
    return { ...province, close: async () => { await province.close(); await tracing.stop(); } };
  });
}
