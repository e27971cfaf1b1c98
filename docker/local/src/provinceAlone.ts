import { provinceBySlug, provinces } from '@delta/schema/provinces';
import { issuerBaseUrl } from './issuerRegistry.js';
import { liveLocks } from './lock.js';
import { provision } from './provision.js';
import { Refusal } from './refusal.js';
import { resetHome } from './reset.js';
import { runCommand } from './runCommand.js';
import { runServices } from './runServices.js';
import { openScreen } from './screen.js';
import { issuerService, provinceService } from './services.js';
import { readSettings } from './settings.js';
import { readStartOptions, startHelp } from './startOptions.js';
import { provinceWelcome } from './welcome.js';

/** `npm start -w @delta/anhui`: one province's subgraph on its own database, with the development issuer, until Ctrl-C. */
await runCommand(async () => {
  const [slug = '', ...argv] = process.argv.slice(2);
  const province = provinceBySlug(slug);
  if (!province) throw new Refusal(`There is no province \`${slug}\`.`, `Use ${provinces.map((each) => each.slug).join(', ')}.`);
  const options = readStartOptions(argv);
  if (options.help) {
    process.stdout.write(`${startHelp(`npm start -w @delta/${slug}`)}\n`);
    return;
  }
  const settings = readSettings(process.env);
  const screen = openScreen(process.stdout);
  // Provinces that run alone beside each other share the issuer of the first.
  const neighbours = [...(await liveLocks(settings.home)).keys()].filter((name) => name !== slug);
  const services = neighbours.length > 0 ? [slug] : ['issuer', slug];
  await runServices({
    settings, screen, lock: slug, services,
    // There is no directory to register with.
    registering: [],
    prepare: async () => {
      if (options.reset) screen.line(`Removed from ${settings.home}: ${(await resetHome(settings.home, [slug])).join(', ') || 'nothing, it was empty'}.`);
      await provision(settings.home, { issuerBase: issuerBaseUrl(settings.ports['issuer']!) });
      screen.line(`Starting ${province.name} alone${neighbours.length > 0 ? `, with the issuer that ${neighbours[0]} started` : ''}. Data: ${settings.home}`);
      return [...(neighbours.length > 0 ? [] : [issuerService(settings, process.env)]), provinceService(province, settings, process.env, options)];
    },
    welcome: (seconds, missing) => provinceWelcome(province, settings, seconds, missing),
  });
});
// Nothing is left to wait for; a stray handle must not keep the terminal.
process.exit();
