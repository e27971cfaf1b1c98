import { exchangeHelp, readExchangeOptions } from './exchangeOptions.js';
import { exchangeStatus } from './exchangeStatus.js';
import { runCommand } from './runCommand.js';

/** `npm run exchange`: how far events have come between the owners of the zone on this machine. */
await runCommand(async () => {
  const options = readExchangeOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(`${exchangeHelp}\n`);
    return;
  }
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => { end.abort(); });
  await exchangeStatus(options, { env: process.env, out: process.stdout, end: end.signal });
});
