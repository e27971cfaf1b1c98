import { createGateway } from '@delta/gateway/server';
import { readSettings as readGatewaySettings } from '@delta/gateway/settings';
import { createProvince } from '@delta/runtime/server/createProvince';
import { readSettings as readProvinceSettings } from '@delta/runtime/server/settings';
import { loadBearerVerifier } from '@delta/service/bearer';
import { loadSigner } from '@delta/service/keys';
import { createLog } from '@delta/service/log';
import { createMetrics } from '@delta/service/metrics';
import { createZone } from '@delta/zone/createZone';
import { readSettings as readZoneSettings } from '@delta/zone/settings';
import { definitions } from '../support/definitions.js';
import { withoutGuards } from '../support/withoutGuards.js';

/** One service of a bench in a process of its own: `node owner.ts <name> <on|off>`, off being without policy, audit and signatures. */
const [name = '', guards] = process.argv.slice(2);
const log = createLog(name, { level: 'fatal' });
const off = guards === 'off';

async function start(): Promise<{ url: string }> {
  if (name === 'gateway') {
    const settings = readGatewaySettings();
    const signer = off ? withoutGuards('gateway').signer : await loadSigner(settings.signingKeyFile);
    return createGateway(settings, { signer, bearer: await loadBearerVerifier(settings.issuersFile), log, metrics: createMetrics(name) });
  }
  const seam = off ? { guards: withoutGuards(name) } : {};
  if (name === 'zone') return createZone({ settings: readZoneSettings(), log, ...seam });
  const province = await createProvince({ definition: definitions[name]!, settings: readProvinceSettings(name), log, ...seam });
  await province.registered;
  return province;
}

process.on('disconnect', () => { process.exit(0); });
const { url } = await start();
// Beside its service it is an owner of the exchange's bench, in the same process.
if (process.env['DELTA_TEST_CLUSTER'] !== undefined) await import('./exchangeOwner.js');
process.send!({ url });
