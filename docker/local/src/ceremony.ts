import { ceremonyHelp, readCeremonyOptions } from './ceremonyOptions.js';
import { holdCeremony } from './holdCeremony.js';
import { homeDirectory } from './home.js';
import { runCommand } from './runCommand.js';

/** `npm run ceremony`: the trust list of the pass, proposed, signed and published. */
await runCommand(async () => {
  const argv = process.argv.slice(2);
  if (argv.includes('--help')) {
    process.stdout.write(`${ceremonyHelp}\n`);
    return;
  }
  await holdCeremony(readCeremonyOptions(argv), { home: homeDirectory(process.env), env: process.env, say: (line) => { process.stdout.write(`${line}\n`); } });
});
