import { homeDirectory } from './home.js';
import { passesHelp, passesOfProvince } from './passesOfProvince.js';
import { runCommand } from './runCommand.js';

/** `npm run passes`: issues and signs many passes at once. */
await runCommand(async () => {
  const argv = process.argv.slice(2);
  if (argv.includes('--help')) {
    process.stdout.write(`${passesHelp}\n`);
    return;
  }
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => { end.abort(); });
  await passesOfProvince(argv, { home: homeDirectory(process.env), env: process.env, say: (line) => { process.stderr.write(`${line}\n`); } }, process.stdout, end.signal);
});
