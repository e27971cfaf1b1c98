import { provinces } from '@delta/schema/provinces';
import { issuerBaseUrl } from './issuerRegistry.js';
import { zoneLock } from './lock.js';
import { provision } from './provision.js';
import { resetHome } from './reset.js';
import { runCommand } from './runCommand.js';
import { runServices } from './runServices.js';
import { openScreen } from './screen.js';
import { ceremonyService, gatewayService, issuerService, localPeers, provinceService, zoneService } from './services.js';
import { readSettings } from './settings.js';
import { readStartOptions, startHelp } from './startOptions.js';
import { zoneWelcome } from './welcome.js';

/** Of a person in Anhui. Made while the services come up: it takes a while, and only the welcome needs it. */
const exampleIdNumber = async (): Promise<string> => (await import('./anchors.js')).anchorsOfProvince('34').people[0].idNumber;

/** `npm start`: the whole zone on this machine, until Ctrl-C. */
await runCommand(async () => {
  const options = readStartOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(`${startHelp('npm start')}\n`);
    return;
  }
  const settings = readSettings(process.env);
  const screen = openScreen(process.stdout);
  let example: Promise<string>;
  const slugs = provinces.map(({ slug }) => slug);
  await runServices({
    settings, screen, lock: zoneLock, services: ['issuer', 'zone', ...slugs, 'gateway', 'ceremony'], registering: slugs,
    prepare: async () => {
      if (options.reset) screen.line(`Removed from ${settings.home}: ${(await resetHome(settings.home)).join(', ') || 'nothing, it was empty'}.`);
      await provision(settings.home, { issuerBase: issuerBaseUrl(settings.ports['issuer']!), peers: localPeers(settings) });
      example = exampleIdNumber();
      // Heard by the welcome, which comes later.
      example.catch(() => undefined);
      screen.line(`Starting the zone: directory, ${provinces.map(({ name }) => name).join('、')}, gateway. Data: ${settings.home}`);
      return [
        issuerService(settings, process.env), zoneService(settings, process.env),
        ...provinces.map((province) => provinceService(province, settings, process.env, options)), gatewayService(settings, process.env),
        ceremonyService(settings, process.env),
      ];
    },
    welcome: async (seconds, missing) => zoneWelcome(settings, await example, seconds, missing),
  });
});
// Nothing is left to wait for; a stray handle must not keep the terminal.
process.exit();
